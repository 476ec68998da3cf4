using System.Text.Json;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// What a wave came to, as a line of JSON a rollout: text, verdict, reward, advantage and each step's credit. Steps are [start, end,
/// class, score, baseline, factor] and, where the task knows, the label; start and end count code points of the response; score and
/// baseline are null where the response was not scored. step_tokens are the steps as positions among the sampled tokens;
/// behaviour counts confused, forward and backward phrases, and is missing in files of versions before 0.5.
/// </summary>
internal static class JudgementBlob
{
    public static void Write(Stream file, IReadOnlyList<ScoredGroup> groups)
    {
        foreach (var group in groups)
            for (var sample = 0; sample < group.StepCredit.Count; sample++)
                LedgerLines.Write(file, json => Write(json, group, sample));
    }

    /// <summary>The judgements of groups that are generated already.</summary>
    public static IReadOnlyList<ScoredGroup> Read(byte[] content, IReadOnlyList<GeneratedGroup> groups)
    {
        var lines = LedgerLines.Read(content).ToLookup(LedgerLines.GroupOf, Rollout.Of);
        return [.. groups.Select(group => Read(group, [.. lines[group.Source.Id]]))];
    }

    private static void Write(Utf8JsonWriter json, ScoredGroup scored, int sample)
    {
        var judged = scored.Source;
        var reading = judged.Readings[sample];
        json.WriteString("group", judged.Source.Source.Id.ToString());
        json.WriteNumber("sample", sample);
        json.WriteString("response", reading.Text);
        json.WriteString("verdict", LedgerLines.Word(reading.Verdict));
        json.WriteString("answer", reading.Answer);
        json.WriteNumber("think_end", reading.ThinkEnd);
        json.WriteNumber("reward", judged.Credit.Rewards[sample]);
        json.WriteNumber("advantage", judged.Credit.Advantages[sample]);
        json.WriteBoolean("counted", judged.Credit.Counted[sample]);
        json.WriteNumber("correct_share", judged.Credit.CorrectShare);
        json.WriteNumber("tokens", judged.Source.Completions[sample].Tokens.Length);
        json.WriteBoolean("labelled", judged.Labels is not null);
        if (reading.Phrases is { } phrases)
        {
            json.WriteStartArray("behaviour");
            foreach (var count in (int[])[phrases.Confused, phrases.Forward, phrases.Backward]) json.WriteNumberValue(count);
            json.WriteEndArray();
        }
        WriteSteps(json, reading, scored.StepCredit[sample], judged.Labels?[sample]);
    }

    private static void WriteSteps(Utf8JsonWriter json, ReadResponse reading, StepCredit? credit, IReadOnlyList<StepLabel>? labels)
    {
        WriteNumber("baseline", credit?.Baseline);
        var points = new CodePointCounter(reading.Text);
        json.WriteStartArray("steps");
        for (var i = 0; i < reading.Steps.Count; i++)
        {
            json.WriteStartArray();
            json.WriteNumberValue(points.AtCharacter(reading.Steps[i].Start));
            json.WriteNumberValue(points.AtCharacter(reading.Steps[i].End));
            json.WriteNumberValue((int)reading.Steps[i].Class);
            WriteValue(credit?.Scores[i]);
            WriteValue(credit?.Baseline);
            json.WriteNumberValue(credit?.Factors[i] ?? 1);
            if (labels is not null) json.WriteStringValue(LedgerLines.Word(labels[i]));
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartArray("step_tokens");
        foreach (var span in reading.StepSpans) WritePair(span);
        json.WriteEndArray();
        json.WriteStartArray("phrases");
        foreach (var step in reading.Steps) json.WriteStringValue(step.Phrase);
        json.WriteEndArray();

        void WritePair(TokenSpan span)
        {
            json.WriteStartArray();
            json.WriteNumberValue(span.Start);
            json.WriteNumberValue(span.End);
            json.WriteEndArray();
        }

        void WriteNumber(string name, double? value)
        {
            json.WritePropertyName(name);
            WriteValue(value);
        }

        void WriteValue(double? value)
        {
            if (value is { } number) json.WriteNumberValue(number);
            else json.WriteNullValue();
        }
    }

    private static ScoredGroup Read(GeneratedGroup group, Rollout[] rollouts)
    {
        if (rollouts.Length != group.Completions.Count)
            throw new InvalidDataException($"Group {group.Source.Id} has {rollouts.Length} judgements of {group.Completions.Count} rollouts.");
        var credit = new GroupCredit(
            rollouts.Length == 0 ? 0 : rollouts[0].CorrectShare, [.. rollouts.Select(rollout => rollout.Reward)],
            [.. rollouts.Select(rollout => rollout.Advantage)], [.. rollouts.Select(rollout => rollout.Counted)]);
        var labels = rollouts.All(rollout => rollout.Labels is not null) ? rollouts.Select(rollout => rollout.Labels!).ToArray() : null;
        return new ScoredGroup(
            new JudgedGroup(group, [.. rollouts.Select(rollout => rollout.Reading)], labels, credit), [.. rollouts.Select(rollout => rollout.Credit)]);
    }

    /// <summary>A line, read.</summary>
    private sealed record Rollout(
        ReadResponse Reading, double Reward, double Advantage, bool Counted, double CorrectShare, StepCredit? Credit, IReadOnlyList<StepLabel>? Labels)
    {
        public static Rollout Of(JsonElement line)
        {
            var text = line.GetProperty("response").GetString()!;
            var steps = line.GetProperty("steps").EnumerateArray().ToArray();
            var phrases = line.GetProperty("phrases").EnumerateArray().Select(phrase => phrase.GetString()).ToArray();
            var points = new CodePointCounter(text);
            var reading = new ReadResponse(
                text, LedgerLines.Value<Verdict>(line.GetProperty("verdict")), line.GetProperty("answer").GetString(),
                line.GetProperty("think_end").GetInt32(),
                [.. steps.Select((step, i) => new Step(
                    points.CharacterAt(step[0].GetInt32()), points.CharacterAt(step[1].GetInt32()), (StepClass)step[2].GetInt32(), phrases[i]))],
                [.. line.GetProperty("step_tokens").EnumerateArray().Select(span => new TokenSpan(span[0].GetInt32(), span[1].GetInt32()))])
            {
                Phrases = line.TryGetProperty("behaviour", out var counts)
                    ? new PhraseCounts(counts[0].GetInt32(), counts[1].GetInt32(), counts[2].GetInt32()) : null,
            };
            var baseline = line.GetProperty("baseline");
            var credit = baseline.ValueKind == JsonValueKind.Null ? null : new StepCredit(
                [.. steps.Select(step => step[3].GetDouble())], baseline.GetDouble(), [.. steps.Select(step => step[5].GetDouble())]);
            var labelled = line.GetProperty("labelled").GetBoolean();
            return new Rollout(
                reading, line.GetProperty("reward").GetDouble(), line.GetProperty("advantage").GetDouble(), line.GetProperty("counted").GetBoolean(),
                line.GetProperty("correct_share").GetDouble(), credit,
                labelled ? [.. steps.Select(step => LedgerLines.Value<StepLabel>(step[6]))] : null);
        }
    }
}
