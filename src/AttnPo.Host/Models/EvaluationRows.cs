using System.Text.Json;
using AttnPo.Core.Data;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Models;

/// <summary>Evaluations as rows: a question with its responses a line, what differs between responses as lists.</summary>
internal static class EvaluationRows
{
    private static readonly string[] Failures = [.. Enum.GetValues<Verdict>().Where(verdict => verdict.IsFailure()).Select(Word)];

    /// <summary>Writes the members of a row.</summary>
    public static void Write(Utf8JsonWriter json, Prompt prompt, IReadOnlyList<EvaluationRow> responses)
    {
        json.WriteNumber("index", prompt.Index);
        json.WriteString("gold", prompt.Gold.Text);
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
        json.WriteNumbers("redundant_steps", responses.Select(response => response.Steps?.Redundant ?? 0));
        json.WriteNumbers("essential_missing", responses.Select(response => response.Steps?.Missing ?? 0));
    }

    /// <summary>Accuracy and mean length of an evaluation that was written before. Its failed responses stay out, as they did then.</summary>
    public static (double Accuracy, double Tokens) Read(string path)
    {
        var rows = new RowReader(path, skipBad: null).Read(row =>
        {
            var verdicts = row.Texts("verdicts");
            var tokens = row.Integers("tokens");
            if (verdicts.Length != tokens.Length) throw new RowException("\"verdicts\" and \"tokens\" differ in length");
            return verdicts.Zip(tokens, (verdict, length) => (Verdict: verdict, Tokens: length))
                .Where(response => !Failures.Contains(response.Verdict)).ToArray();
        }).Where(responses => responses.Length > 0).ToList();
        if (rows.Count == 0) throw new WorkFailedException($"{path}: no response to compare with");
        var accuracy = rows.Average(responses => responses.Average(response => response.Verdict == Word(Verdict.Correct) ? 1.0 : 0.0));
        if (accuracy == 0) throw new WorkFailedException($"{path}: no correct response, so there is no relative change of accuracy");
        return (accuracy, rows.SelectMany(responses => responses).Average(response => response.Tokens));
    }

    private static string Word(Verdict verdict) => JsonNamingPolicy.KebabCaseLower.ConvertName(verdict.ToString());
}
