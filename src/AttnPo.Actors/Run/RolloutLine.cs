using System.Text.Encodings.Web;
using System.Text.Json;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// One rollout as a line of JSON. Steps are [start, end, class, score, baseline, factor] and, where the task knows, the label; start
/// and end count code points of the response; score and baseline are null where the response was not scored. The token ids are those that
/// were sampled, whatever became of them: text alone would not say which tokens wrote it.
/// </summary>
internal static class RolloutLine
{
    // Responses are read by people: only what JSON itself needs is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the rollouts of a group, a line each.</summary>
    public static void Write(Stream file, ScoredGroup group, PolicyVersion policy)
    {
        for (var sample = 0; sample < group.StepCredit.Count; sample++)
        {
            using (var json = new Utf8JsonWriter(file, Options)) Write(json, group, sample, policy);
            file.WriteByte((byte)'\n');
        }
    }

    private static void Write(Utf8JsonWriter json, ScoredGroup scored, int sample, PolicyVersion policy)
    {
        var judged = scored.Source;
        var source = judged.Source.Source;
        var completion = judged.Source.Completions[sample];
        var reading = judged.Readings[sample];
        json.WriteStartObject();
        json.WriteString("group", source.Id.ToString());
        json.WriteNumber("sample", sample);
        json.WriteNumber("policy", policy.Value);
        json.WriteNumber("prompt_index", source.Prompt.Index);
        json.WriteString("prompt", source.Prompt.Text);
        json.WriteString("gold", source.Prompt.Gold);
        json.WriteString("response", reading.Text);
        json.WriteString("verdict", JsonNamingPolicy.SnakeCaseLower.ConvertName(reading.Verdict.ToString()));
        json.WriteString("answer", reading.Answer);
        json.WriteNumber("reward", judged.Credit.Rewards[sample]);
        json.WriteNumber("advantage", judged.Credit.Advantages[sample]);
        json.WriteBoolean("counted", judged.Credit.Counted[sample]);
        json.WriteNumber("correct_share", judged.Credit.CorrectShare);
        json.WriteNumber("tokens", completion.Tokens.Length);
        json.WriteStartArray("token_ids");
        foreach (var token in completion.Tokens) json.WriteNumberValue(token);
        json.WriteEndArray();
        json.WriteString("finish", JsonNamingPolicy.SnakeCaseLower.ConvertName(completion.Finish.ToString()));
        WriteSteps(json, scored, sample);
        json.WriteEndObject();
    }

    private static void WriteSteps(Utf8JsonWriter json, ScoredGroup scored, int sample)
    {
        var reading = scored.Source.Readings[sample];
        var credit = scored.StepCredit[sample];
        var labels = scored.Source.Labels?[sample];
        if (credit is null) json.WriteNull("baseline");
        else json.WriteNumber("baseline", credit.Baseline);

        json.WriteStartArray("steps");
        var (character, codePoint) = (0, 0);
        for (var i = 0; i < reading.Steps.Count; i++)
        {
            json.WriteStartArray();
            json.WriteNumberValue(CodePointAt(reading.Steps[i].Start));
            json.WriteNumberValue(CodePointAt(reading.Steps[i].End));
            json.WriteNumberValue((int)reading.Steps[i].Class);
            WriteNumberOrNull(json, credit?.Scores[i]);
            WriteNumberOrNull(json, credit?.Baseline);
            json.WriteNumberValue(credit?.Factors[i] ?? 1);
            if (labels is not null) json.WriteStringValue(JsonNamingPolicy.SnakeCaseLower.ConvertName(labels[i].ToString()));
            json.WriteEndArray();
        }
        json.WriteEndArray();

        // Steps come in order, so the text is counted through once.
        int CodePointAt(int target)
        {
            for (; character < target; character++)
            {
                if (!char.IsLowSurrogate(reading.Text[character])) codePoint++;
            }
            return codePoint;
        }
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, double? value)
    {
        if (value is { } number) json.WriteNumberValue(number);
        else json.WriteNullValue();
    }
}
