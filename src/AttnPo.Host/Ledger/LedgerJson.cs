using System.Text.Json;
using AttnPo.Actors.Run;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Ledger;

/// <summary>The ledger as rows of JSON; each says its kind. Positions in a text count its code points, as in all files.</summary>
internal static class LedgerJson
{
    /// <summary>An event: {"seq","kind","at"} and its own members.</summary>
    public static void WriteEvent(Utf8JsonWriter json, LedgerEvent entry)
    {
        json.WriteNumber("seq", entry.Sequence);
        json.WriteString("kind", entry.Kind);
        if (entry.Happened.At is { } at) json.WriteString("at", at);
        else json.WriteNull("at");
        using var content = JsonDocument.Parse(entry.ToJson());
        foreach (var member in content.RootElement.EnumerateObject().Where(member => member.Name != "at")) WriteMember(json, member);
    }

    /// <summary>How a group ended, and where its wave lies.</summary>
    public static void WriteGroup(Utf8JsonWriter json, GroupHistory group, StepHistory step)
    {
        json.WriteString("kind", "group");
        json.WriteString("group", group.Id.ToString());
        json.WriteString("wave", group.Id.Wave.ToString());
        json.WriteNumber("step", step.Step.Value);
        json.WriteNumber("prompt_index", group.Prompt);
        json.WriteString("wave_state", LedgerText.Stage(group.Wave));
        json.WriteString("outcome", LedgerText.Fate(group));
        if (group.Outcome is not { } outcome) return;
        json.WriteString("dropped", outcome.Dropped is { } reason ? LedgerText.Word(reason) : null);
        json.WriteNumber("correct", outcome.Correct);
        json.WriteNumber("rollouts", outcome.Rollouts);
        json.WriteNumber("tokens", outcome.Tokens);
        json.WriteBoolean("zero_advantage", outcome.ZeroAdvantage);
        if (step.Committed?.At is { } at) json.WriteString("committed_at", at);
        if (step.Committed is { } committed) json.WriteNumber("made_policy", committed.Policy.Value);
    }

    /// <summary>A group with its prompt.</summary>
    public static void WriteGroup(Utf8JsonWriter json, GroupHistory group, StepHistory step, StoredGroup? stored)
    {
        WriteGroup(json, group, step);
        if (stored is null) return;
        json.WriteNumber("position", stored.Position);
        json.WriteNumber("policy", stored.Policy.Value);
        json.WriteString("prompt", stored.Prompt.Text);
        json.WriteString("gold", stored.Prompt.Gold.Text);
        json.WriteNumbers("prompt_ids", stored.PromptTokens);
    }

    /// <summary>A rollout with all that is known of it.</summary>
    public static void WriteRollout(Utf8JsonWriter json, StoredGroup group, StoredRollout rollout)
    {
        var (completion, judgement) = rollout;
        json.WriteString("kind", "rollout");
        json.WriteString("group", group.Id.ToString());
        json.WriteNumber("sample", completion.Sample);
        json.WriteString("finish", LedgerText.Word(completion.Finish));
        json.WriteNumber("tokens", completion.Tokens.Length);
        if (judgement is not null) WriteJudgement(json, judgement);
        json.WriteNumbers("token_ids", completion.Tokens);
        json.WriteNumbers("logprobs", completion.LogProbs);
    }

    private static void WriteJudgement(Utf8JsonWriter json, StoredJudgement judgement)
    {
        var response = judgement.Response;
        json.WriteString("verdict", LedgerText.Word(response.Verdict));
        json.WriteString("answer", response.Answer);
        json.WriteNumber("reward", judgement.Reward);
        json.WriteNumber("advantage", judgement.Advantage);
        json.WriteBoolean("counted", judgement.Counted);
        json.WriteNumber("think_end", response.ThinkEnd);
        WriteNumber(json, "baseline", judgement.Baseline);
        json.WriteString("response", response.Text);
        var points = new CodePoints(response.Text);
        json.WriteStartArray("steps");
        foreach (var (step, tokens, score, factor, mark, label) in judgement.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("start", points.At(step.Start));
            json.WriteNumber("end", points.At(step.End));
            json.WriteNumbers("step_tokens", [tokens.Start, tokens.End]);
            json.WriteString("class", LedgerText.Word(step.Class));
            json.WriteString("phrase", step.Phrase);
            WriteNumber(json, "score", score);
            json.WriteNumber("factor", factor);
            json.WriteString("mark", mark is { } known ? LedgerText.Word(known) : null);
            json.WriteString("label", label is { } given ? LedgerText.Word(given) : null);
            json.WriteString("text", response.Text[step.Start..step.End]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    // The journal's members are in camelCase; rows have snake_case. What a metric is called is no member's name.
    private static void WriteMember(Utf8JsonWriter json, JsonProperty member)
    {
        json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name));
        if (member.NameEquals("metrics")) member.Value.WriteTo(json);
        else WriteValue(json, member.Value);
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject()) WriteMember(json, member);
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) WriteValue(json, item);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
