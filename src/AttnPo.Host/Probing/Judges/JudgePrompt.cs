using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AttnPo.Core.Steps;

namespace AttnPo.Host.Probing.Judges;

/// <summary>
/// What a judge is asked: the embedded template with a response in it. The response is of a model that may have written anything, so the
/// lines between which it stands bear a code, a hash of all that stands between them, which it cannot hold.
/// </summary>
internal static partial class JudgePrompt
{
    private const int CodeDigits = 16;

    /// <summary>The template, with line feeds at the ends of its lines; docs/labels.md shows the same.</summary>
    public static string Template { get; } = Read();

    /// <summary>The prompt for a response.</summary>
    public static string Of(LabelledResponse response)
    {
        var steps = response.Steps.Select(step => response.Text[step.Start..step.End].Trim()).ToArray();
        var answer = Answer(response.Text);
        var code = Code([response.PromptText, answer, .. steps]);
        // In one pass: what is filled in is not looked through.
        return Place().Replace(Template, place => place.Groups["name"].Value switch
        {
            "CODE" => code,
            "QUESTION" => response.PromptText.Trim(),
            "STEPS" => string.Join("\n\n", steps.Select((step, i) => $"[step {Number(i + 1)} {code}]\n{step}\n[end {code}]")),
            "ANSWER" => answer,
            "COUNT" => Number(steps.Length),
            var unknown => throw new InvalidOperationException($"the template has an unknown place {unknown}"),
        });
    }

    private static string Answer(string text)
    {
        var close = text.IndexOf(StepSegmenter.ThinkEnd, StringComparison.Ordinal);
        return close < 0 ? "" : text[(close + StepSegmenter.ThinkEnd.Length)..].Trim();
    }

    private static string Code(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts) hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(part)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..CodeDigits];
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Read()
    {
        using var stream = typeof(JudgePrompt).Assembly.GetManifestResourceStream("AttnPo.Host.Probing.Judges.prompt.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    [GeneratedRegex(@"\{\{(?<name>[A-Z]+)\}\}")]
    private static partial Regex Place();
}
