using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Evaluations;

/// <summary>Evaluations as rows: a question with its responses a line, what differs between responses as lists.</summary>
internal static class EvaluationRows
{
    private static readonly Dictionary<string, Verdict> Verdicts = Enum.GetValues<Verdict>().ToDictionary(Word);

    /// <summary>Writes the members of a row.</summary>
    /// <param name="json">Takes them.</param>
    /// <param name="question">The question with its responses.</param>
    /// <param name="set">Its data set.</param>
    /// <param name="id">What the data set calls it; null where it does not.</param>
    public static void Write(Utf8JsonWriter json, EvaluatedQuestion question, string set, string? id)
    {
        var responses = question.Responses;
        json.WriteNumber("index", question.Prompt.Index);
        json.WriteString("set", set);
        if (id is not null) json.WriteString("id", id);
        // Tests of a program are megabytes, and no answer.
        if (question.Prompt.Gold.Kind != AnswerKind.Code) json.WriteString("gold", question.Prompt.Gold.Text);
        var counted = responses.Where(response => !response.Verdict.IsFailure()).ToArray();
        if (counted.Length > 0) json.WriteNumber("accuracy", counted.Average(response => response.Verdict == Verdict.Correct ? 1.0 : 0.0));
        json.WriteStartArray("verdicts");
        foreach (var response in responses) json.WriteStringValue(Word(response.Verdict));
        json.WriteEndArray();
        json.WriteStartArray("answers");
        foreach (var response in responses) json.WriteStringValue(response.Answer);
        json.WriteEndArray();
        json.WriteNumbers("tokens", responses.Select(response => response.Tokens));
        if (responses.All(response => response.Steps is null)) return;
        json.WriteNumbers("essential_steps", responses.Select(response => response.Steps?.Essential ?? 0));
        json.WriteNumbers("redundant_steps", responses.Select(response => response.Steps?.Redundant ?? 0));
        json.WriteNumbers("essential_missing", responses.Select(response => response.Steps?.Missing ?? 0));
    }

    /// <summary>The data set that a row names; empty in rows of versions that named none.</summary>
    public static string SetOf(Row row) => row.Has("set") ? row.Text("set") : "";

    /// <summary>The responses of a row, as far as figures need them: without their answers.</summary>
    /// <exception cref="RowException">It is none.</exception>
    public static IReadOnlyList<EvaluationRow> Read(Row row)
    {
        var (index, words, tokens) = (row.Has("index") ? row.Integer("index") : 0, row.Texts("verdicts"), row.Integers("tokens"));
        if (words.Length != tokens.Length) throw new RowException("\"verdicts\" and \"tokens\" differ in length");
        if (words.FirstOrDefault(word => !Verdicts.ContainsKey(word)) is { } unknown)
            throw new RowException($"\"verdicts\" holds \"{unknown}\"; expected {string.Join(", ", Verdicts.Keys)}");
        if (tokens.Any(count => count < 0)) throw new RowException("\"tokens\" holds a number below 0");
        int[][]? steps = row.Has("essential_steps")
            ? [row.Integers("essential_steps"), row.Integers("redundant_steps"), row.Integers("essential_missing")] : null;
        if (steps?.Any(counts => counts.Length != words.Length) == true)
            throw new RowException("its counts of steps and \"verdicts\" differ in length");
        return [.. words.Select((word, sample) => new EvaluationRow(
            index, sample, Verdicts[word], tokens[sample], null,
            steps is null ? null : new LabelledSteps(steps[0][sample], steps[1][sample], steps[2][sample])))];
    }

    private static string Word(Verdict verdict) => JsonNamingPolicy.KebabCaseLower.ConvertName(verdict.ToString());
}
