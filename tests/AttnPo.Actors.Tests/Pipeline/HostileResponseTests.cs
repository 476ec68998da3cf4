using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Actors.Tests.Pipeline;

/// <summary>The reader, the grader and the labels of real runs, under their budget, on what a policy might write to break them.</summary>
[Trait("Contract", "C9")]
public sealed class HostileResponseTests : IDisposable
{
    private const int Deep = 100_000, Long = 1_000_000;

    // As long as the longest answer that the grader normalises: what its expressions see at most.
    private const int LongestNormalized = 4096;

    private static readonly Dictionary<string, string> Shapes = new()
    {
        ["nested braces"] = Nested("{", "}"),
        ["nested boxes"] = Nested(@"\boxed{", "}"),
        ["nested fractions"] = Nested(@"\frac{1}{", "}"),
        ["nested sized fractions"] = Nested(@"\dfrac{", "}{2}"),
        ["nested roots"] = Nested(@"\sqrt[3]{", "}"),
        ["nested parentheses"] = Nested("(", ")"),
        ["nested brackets"] = Nested(@"\left[", @"\right]"),
        ["nested texts"] = Nested(@"\text{", "}"),
        ["nested escapes"] = Nested(@"\{", @"\}"),
        ["nested negations"] = Nested("-(", ")"),
        ["a tower of four powers"] = "9^{9^{9^{9}}}",
        ["a tower of powers"] = Nested("9^{", "}"),
        ["a tower without braces"] = Times("9^", Deep) + "9",
        ["powers and factorials"] = "(9!!!!!!)^{99999999999}^{99999999999}!!!!",
        ["a huge exponent"] = "1e999999999999",
        ["a huge decimal"] = "10**10**10**10",
        ["digits"] = Times("9", Long),
        ["zeros"] = Times("0", Long),
        ["zeros after the point"] = "4." + Times("0", Long),
        ["digits with separators"] = Times("999,", Deep),
        ["backslashes"] = Times(@"\", Long),
        ["backslashes before a dollar"] = Times(@"\", Long - 1) + "$",
        ["dollars"] = Times("$", Long),
        ["blanks"] = Times(" ", Long),
        ["blanks of all kinds"] = Times(" \t\r\n\u00A0\u2003", Deep),
        ["full stops"] = "4" + Times(".", Long),
        ["signs"] = Times("+-", Deep) + "4",
        ["spaces of LaTeX"] = Times(@"\,\;\ \!", Deep),
        ["lefts"] = Times(@"\left", Deep),
        ["opening braces"] = Times("{", Long),
        ["closing braces"] = Times("}", Long),
        ["braces the wrong way round"] = Times("}{", Deep),
        ["braces and escaped ones"] = Times(@"{\}\{}\\{", Deep),
        ["unbalanced mix"] = Times(@"{(\boxed{[\frac{}", Deep),
        ["texts never closed"] = Times(@"\text{", Deep),
        ["one long text never closed"] = @"\text{" + Times("a", Long),
        ["texts of texts"] = Times(@"\text{\mathrm{", Deep) + Times("}", Deep),
        ["boxes side by side"] = Times(@"\boxed{1}", Deep),
        ["boxes never closed"] = Times(@"\boxed{", Deep),
        ["commands that almost end"] = Times(@"\boxe\tex\fra\lef{", Deep),
        ["halves of the closing tag"] = Times("</thin</think </", Deep),
        ["phrases"] = Times("Wait, But Alternatively, So ", Deep / 4),
        ["phrases on lines of their own"] = Times("First, \nNow \nSo \nTherefore \nWait, \n", Deep / 4),
        ["finals"] = Times("\n**Final Answer**\n", Deep / 4),
        ["sentences"] = Times("a=1.", Deep),
        ["assertions"] = Times("1+1 so a=1 b is 2 ", Deep / 4),
        ["almost assertions"] = Times("1+1 so 1+1 so aa ", Deep / 4),
        ["accents on one letter"] = "e" + Times("\u0301", Deep),
        ["surrogate pairs"] = Times("\U0001D7F1", Deep),
        ["lone surrogates"] = Times("\uD835", Deep),
        ["control characters"] = Times("\0\u200B\u202E\uFFFF\u0007", Deep),
    };

    private readonly TinyTask _task = new(new TinyTaskSettings());
    private readonly GuardedReader _reader;

    public HostileResponseTests()
    {
        // The labels too read what the policy wrote, so here they share the budget.
        _reader = new GuardedReader(
            (tokens, truncated, gold) =>
            {
                var read = FakeTask.Reader.Read(tokens, truncated, gold);
                Assert.Equal(read.Steps.Count, _task.Label(_task.Train[0], read.Text, read.Steps).Count);
                Assert.True(_task.MissingEssentials(_task.Train[0], read.Text) >= 0);
                return read;
            },
            new RewardVerifierSettings().BudgetOf);
    }

    public static TheoryData<string> Names => new(Shapes.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whatever_is_written_gets_a_definite_verdict_within_its_budget(string shape)
    {
        var whole = Shapes[shape];
        foreach (var text in whole.Length > LongestNormalized ? [whole, whole[..LongestNormalized]] : (string[])[whole])
        {
            var tokens = Encode(text);
            // Instead of a response, as the reasoning, as the answer, and as an answer that is the gold one's copy.
            Assert.Equal(Verdict.Malformed, await VerdictOf(tokens, "4"));
            Assert.Equal(Verdict.Correct, await VerdictOf([.. tokens, .. Encode("</think>\\boxed{4}<|end|>")], "4"));
            int[] boxed = [.. Encode("First, a= 3 .</think>\\boxed{"), .. tokens, .. Encode("}<|end|>")];
            Assert.Contains(await VerdictOf(boxed, "no such answer"), (Verdict[])[Verdict.Wrong, Verdict.NoAnswer]);
            Assert.Contains(await VerdictOf(boxed, text), (Verdict[])[Verdict.Correct, Verdict.Wrong, Verdict.NoAnswer]);
        }
    }

    [Theory]
    [InlineData("nested braces")]
    [InlineData("nested fractions")]
    [InlineData("nested brackets")]
    [InlineData("nested texts")]
    [InlineData("a tower of powers")]
    [InlineData("digits")]
    public async Task A_balanced_answer_of_any_size_equals_itself(string shape) =>
        Assert.Equal(Verdict.Correct, await VerdictOf(Encode($"</think>\\boxed{{{Shapes[shape]}}}<|end|>"), Shapes[shape]));

    public void Dispose() => _reader.Dispose();

    private async Task<Verdict> VerdictOf(int[] tokens, string gold)
    {
        var outcome = await _reader.ReadAsync("hostile", tokens, false, gold, default);
        Assert.Null(outcome.Failure);
        return outcome.Verdict;
    }

    private static int[] Encode(string text) => FakeTask.Tokenizer.Encode(text);

    private static string Nested(string open, string close) => Times(open, Deep) + "4" + Times(close, Deep);

    private static string Times(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
