using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AttnPo.Core.Verification;
using Xunit;
using Xunit.Abstractions;

namespace AttnPo.Core.Tests.Verification;

/// <summary>Reference answers of real benchmarks against themselves, and against other ways of writing them.</summary>
public partial class GoldRewritingTests(ITestOutputHelper output)
{
    private static readonly EqualityGrader Grader = new();

    private static readonly (string Name, Func<string, string> Rewrite)[] Rewritings =
    [
        ("itself", gold => gold),
        ("dfrac", gold => gold.Replace(@"\tfrac", @"\frac").Replace(@"\dfrac", @"\frac").Replace(@"\frac", @"\dfrac")),
        ("spaces", gold => Operator().Replace(gold, @" \, $1 ")),
        ("text", gold => gold.Contains('$') ? $@"\text{{{gold}}}" : $@"\text{{${gold}$}}"),
        ("decimal", Decimal),
        ("thousands", gold => Digits().Replace(gold, digits => Thousands(digits.Value))),
    ];

    [SkippableTheory]
    [InlineData("math/math500.jsonl", "answer", 500)]
    [InlineData("gsm8k/test.jsonl", "answer", 1319)]
    [InlineData("amc/amc23.jsonl", "answer", 40)]
    [InlineData("aime/aime2024.jsonl", "expected_answer", 30)]
    [InlineData("aime/aime2025.jsonl", "expected_answer", 30)]
    [InlineData("olympiadbench/olympiadbench.jsonl", "final_answer", 675)]
    public void Reference_answers_are_the_same_however_they_are_written(string file, string member, int rows)
    {
        var golds = SharedData.Rows($"benchmarks/{file}").Select(row => TextOf(row.GetProperty(member))).ToArray();
        Assert.Equal(rows, golds.Length);
        foreach (var (name, rewrite) in Rewritings)
        {
            var refused = golds.Select(gold => (Gold: gold, Written: rewrite(gold)))
                .Where(pair => Grader.Compare(pair.Gold, pair.Written).Outcome != GradeOutcome.Equal).ToArray();
            output.WriteLine($"{file} {name}: {golds.Length - refused.Length} of {golds.Length}");
            foreach (var (gold, written) in refused.Take(5))
                output.WriteLine($"    {gold} as {written}: {Grader.Compare(gold, written).Reason}");
            Assert.True(refused.Length <= golds.Length / 100, $"{refused.Length} of {golds.Length} refused as {name}");
        }
    }

    private static string TextOf(JsonElement answer) => answer.ValueKind switch
    {
        JsonValueKind.Array => string.Join(", ", answer.EnumerateArray().Select(TextOf)),
        JsonValueKind.Number => answer.GetRawText(),
        _ => answer.GetString()!.Split("#### ")[^1],
    };

    /// <summary>A fraction that ends as a decimal, and a whole number with a fraction of zeros.</summary>
    private static string Decimal(string gold)
    {
        if (Fraction().Match(gold) is { Success: true } fraction)
        {
            var over = decimal.Parse(fraction.Groups[2].Value, CultureInfo.InvariantCulture);
            var under = decimal.Parse(fraction.Groups[3].Value, CultureInfo.InvariantCulture);
            if (under == 0) return gold;
            var quotient = over / under;
            var ends = quotient * under == over && quotient.Scale < 8;
            return ends ? fraction.Groups[1].Value + quotient.ToString(CultureInfo.InvariantCulture) : gold;
        }
        return Integer().IsMatch(gold) ? gold + ".0" : gold;
    }

    private static string Thousands(string digits) =>
        BigInteger.Parse(digits, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture).Replace(",", @"{,}");

    [GeneratedRegex(@"(?<=[\w)}])\s*([-+=])\s*(?=[\w(\\])")]
    private static partial Regex Operator();

    [GeneratedRegex(@"(?<![\d.,_{^\\A-Za-z])[1-9]\d{3,}(?![\d.,}_])")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^(-?)\\[dt]?frac\{(\d{1,6})\}\{(\d{1,6})\}$")]
    private static partial Regex Fraction();

    [GeneratedRegex(@"^-?\d+$")]
    private static partial Regex Integer();
}
