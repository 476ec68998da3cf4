using System.Text.Json;
using AttnPo.Core.Tests.Verification.Code;
using AttnPo.Core.Verification;
using AttnPo.Core.Verification.Code;
using Xunit;

namespace AttnPo.Core.Tests.Data.Questions;

/// <summary>What a reader makes of a published row is what the verifier of its kind judges by.</summary>
public sealed class RealRowsTests
{
    private const string Codeforces = "codeforces-sample.jsonl", LeetCode = "leetcode-sample.jsonl";

    // Rows by the members "index" of their files.
    [SkippableTheory]
    [InlineData(Codeforces, "199", "for _ in range(int(input())): print(sum(map(int, input())))", "for _ in range(int(input())): print(1)")]
    [InlineData(Codeforces, "96",
        "for _ in range(int(input())):\n    a, b = input().split()\n    print(b[0] + a[1:], a[0] + b[1:])",
        "for _ in range(int(input())):\n    print(input())")]
    [InlineData(Codeforces, "303",
        """
        for _ in range(int(input())):
            n, k = map(int, input().split())
            count = 0
            while n and k > 1:
                n, digit = divmod(n, k)
                count += digit
            print(count + n)
        """,
        "for _ in range(int(input())): print(input().split()[0])")]
    [InlineData(LeetCode, "0",
        """
        class Solution:
            def minOperations(self, nums: List[int], k: int) -> int:
                need = set(range(1, k + 1))
                for count, number in enumerate(reversed(nums), 1):
                    need.discard(number)
                    if not need: return count
        """,
        "class Solution:\n    def minOperations(self, nums: List[int], k: int) -> int:\n        return k")]
    public void A_program_that_solves_a_published_task_is_right_and_one_that_does_not_is_wrong(
        string file, string id, string right, string wrong)
    {
        var row = QuestionRows.Of(SharedData.Require($"benchmarks/ood/{file}")).Single(row => row.Id == id);
        Assert.Equal(GradeOutcome.Equal, Judge(Fenced(right), row.Gold));
        Assert.Equal(GradeOutcome.Different, Judge(Fenced(wrong), row.Gold));
        Assert.Null(Verifiers().Find(right, row.Gold));
    }

    [SkippableFact]
    public void Each_test_of_a_task_counts()
    {
        var row = QuestionRows.Of(SharedData.Require($"benchmarks/ood/{Codeforces}"))
            .First(row => CodeTests.Parse(row.Gold.Text).Tests.Count > 2);
        var outputs = CodeTests.Parse(row.Gold.Text).Tests.Cast<ProgramTest>().ToDictionary(test => test.Input.Trim(), test => test.Output);
        Assert.Equal(GradeOutcome.Equal, Judge(Table(outputs), row.Gold));
        outputs[outputs.Keys.Last()] = "-1";
        Assert.Equal(GradeOutcome.Different, Judge(Table(outputs), row.Gold));

        static string Table(Dictionary<string, string> outputs) =>
            Fenced($"import sys\nprint({JsonSerializer.Serialize(outputs)}[sys.stdin.read().strip()])");
    }

    [SkippableFact]
    public void The_letter_of_the_right_choice_is_right_and_every_other_is_wrong()
    {
        var rows = SharedData.Rows("benchmarks/ood/mmlu_stem.jsonl").ToList();
        var questions = QuestionRows.Of(SharedData.Require("benchmarks/ood/mmlu_stem.jsonl"));
        Assert.Equal(rows.Count, questions.Count);
        foreach (var (row, question) in rows.Zip(questions))
        {
            var choices = row.GetProperty("choices").GetArrayLength();
            var letters = Enumerable.Range(0, choices).Select(index => (char)('A' + index)).ToList();
            var right = letters.Where(letter => Judge($"So \\boxed{{{letter}}}.", question.Gold) == GradeOutcome.Equal);
            Assert.Equal([letters[row.GetProperty("answer").GetInt32()]], right);
        }
    }

    private static string Fenced(string program) => $"Here it is.\n```python\n{program}\n```\n";

    private static GradeOutcome Judge(string text, Gold gold) => Verifiers().Judge(Verifiers().Find(text, gold)!, gold).Outcome;

    private static AnswerVerifiers Verifiers() => new(
        new MathVerifier(new EqualityGrader()), new ChoiceVerifier(), new CodeVerifier(new CodeSettings(), () => MachineSandbox.Require()));
}
