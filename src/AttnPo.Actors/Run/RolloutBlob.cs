using System.Text.Json;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// What a wave generated, as lines of JSON: first the wave with its prompts, then a line a rollout. The token ids are those that were
/// sampled: text alone would not say which tokens wrote it. Reading gives back what was written, to the last bit of a log-probability.
/// </summary>
internal static class RolloutBlob
{
    public static void Write(
        Stream file, PolicyVersion policy, WaveId wave, IReadOnlyList<GeneratedGroup> groups, IReadOnlyList<GroupOutcome> dropped)
    {
        LedgerLines.Write(file, json =>
        {
            json.WriteString("wave", wave.ToString());
            json.WriteNumber("policy", policy.Value);
            json.WriteStartArray("groups");
            foreach (var group in groups) WritePrompt(json, group.Source);
            json.WriteEndArray();
            json.WriteStartArray("dropped");
            foreach (var outcome in dropped) WriteDropped(json, outcome);
            json.WriteEndArray();
        });
        foreach (var group in groups)
            foreach (var completion in group.Completions) LedgerLines.Write(file, json => WriteRollout(json, group, completion));
    }

    /// <summary>Policy, groups and dropped groups of a wave.</summary>
    public static (PolicyVersion Policy, IReadOnlyList<GeneratedGroup> Groups, IReadOnlyList<GroupOutcome> Dropped) Read(byte[] content, WaveId wave)
    {
        using var lines = LedgerLines.Read(content).GetEnumerator();
        if (!lines.MoveNext()) throw new InvalidDataException($"The rollouts of wave {wave} are an empty file.");
        var head = lines.Current;
        var groups = head.GetProperty("groups").EnumerateArray().Select((group, i) => ReadPrompt(group, LedgerLines.GroupOf(group))).ToArray();
        var dropped = head.GetProperty("dropped").EnumerateArray().Select(ReadDropped).ToArray();
        var policy = new PolicyVersion(head.GetProperty("policy").GetInt64());
        var completions = groups.ToDictionary(group => group.Id, _ => new List<Completion>());
        while (lines.MoveNext())
        {
            var id = LedgerLines.GroupOf(lines.Current);
            if (id.Wave != wave || !completions.TryGetValue(id, out var ofGroup))
                throw new InvalidDataException($"A rollout of group {id} stands among those of wave {wave}.");
            ofGroup.Add(ReadRollout(lines.Current, groups.First(group => group.Id == id).Position));
        }
        return (policy, [.. groups.Select(group => new GeneratedGroup(group, completions[group.Id]))], dropped);
    }

    private static void WritePrompt(Utf8JsonWriter json, SampledGroup group)
    {
        json.WriteStartObject();
        json.WriteString("group", group.Id.ToString());
        json.WriteNumber("position", group.Position);
        json.WriteNumber("prompt_index", group.Prompt.Index);
        json.WriteString("prompt", group.Prompt.Text);
        json.WriteString("gold", group.Prompt.Gold.Text);
        if (group.Prompt.Gold.Kind != AnswerKind.Math) json.WriteString("kind", LedgerLines.Word(group.Prompt.Gold.Kind));
        LedgerLines.WriteIds(json, "prompt_ids", group.Tokens);
        json.WriteEndObject();
    }

    private static SampledGroup ReadPrompt(JsonElement group, GroupId id) => new(
        id, group.GetProperty("position").GetInt64(),
        new Prompt(group.GetProperty("prompt_index").GetInt64(), group.GetProperty("prompt").GetString()!, ReadGold(group)),
        LedgerLines.ReadIds(group.GetProperty("prompt_ids")));

    // Only a gold answer that is not mathematical says its kind.
    private static Gold ReadGold(JsonElement group) => new(
        group.GetProperty("gold").GetString()!,
        group.TryGetProperty("kind", out var kind) ? LedgerLines.Value<AnswerKind>(kind) : AnswerKind.Math);

    private static void WriteDropped(Utf8JsonWriter json, GroupOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("group", outcome.Group.ToString());
        json.WriteNumber("prompt_index", outcome.Prompt);
        json.WriteString("reason", LedgerLines.Word(outcome.Dropped!.Value));
        json.WriteEndObject();
    }

    private static GroupOutcome ReadDropped(JsonElement outcome) => new(
        LedgerLines.GroupOf(outcome), outcome.GetProperty("prompt_index").GetInt64(),
        LedgerLines.Value<DropReason>(outcome.GetProperty("reason")), 0, 0, 0, false);

    private static void WriteRollout(Utf8JsonWriter json, GeneratedGroup group, Completion completion)
    {
        json.WriteString("group", group.Source.Id.ToString());
        json.WriteNumber("sample", completion.Sample);
        json.WriteString("finish", LedgerLines.Word(completion.Finish));
        LedgerLines.WriteIds(json, "token_ids", completion.Tokens);
        json.WriteStartArray("logprobs");
        foreach (var value in completion.LogProbs) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static Completion ReadRollout(JsonElement line, long position) => new(
        position, line.GetProperty("sample").GetInt32(), LedgerLines.ReadIds(line.GetProperty("token_ids")),
        [.. line.GetProperty("logprobs").EnumerateArray().Select(value => value.GetSingle())], LedgerLines.Value<FinishReason>(line.GetProperty("finish")));
}
