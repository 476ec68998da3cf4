using System.Text.Json;
using AttnPo.Core.Data.Questions;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Data.Questions;

public sealed class SharedFilesTests
{
    [SkippableTheory]
    [InlineData("gsm8k/train.jsonl", 7473, AnswerKind.Math, "72")]
    [InlineData("gsm8k/test.jsonl", 1319, AnswerKind.Math, "18")]
    [InlineData("math/math500.jsonl", 500, AnswerKind.Math, @"\left( 3, \frac{\pi}{2} \right)")]
    [InlineData("math/test-answers.jsonl", 5000, AnswerKind.Math, "2")]
    [InlineData("aime/aime2024.jsonl", 30, AnswerKind.Math, "73")]
    [InlineData("aime/aime2025.jsonl", 30, AnswerKind.Math, "70")]
    [InlineData("aime/aime1983-2023.jsonl", 975, AnswerKind.Math, "60")]
    [InlineData("amc/amc23.jsonl", 40, AnswerKind.Math, "27.0")]
    [InlineData("amc/amc22-23.jsonl", 83, AnswerKind.Math, "142.0")]
    [InlineData("olympiadbench/olympiadbench.jsonl", 675, AnswerKind.Math, "2")]
    [InlineData("minerva/minerva_math.jsonl", 272, AnswerKind.Math, "1.6")]
    [InlineData("ood/mmlu_stem.jsonl", 3018, AnswerKind.Choice, "C")]
    [InlineData("ood/codeforces-sample.jsonl", 100, AnswerKind.Code, null)]
    [InlineData("ood/leetcode-sample.jsonl", 60, AnswerKind.Code, null)]
    [InlineData("verl/gsm8k_4.parquet", 5276, AnswerKind.Math, "18")]
    [InlineData("verl/math_4.parquet", 2000, AnswerKind.Math, @"\left( 3, \frac{\pi}{2} \right)")]
    [InlineData("verl/amc_16.parquet", 640, AnswerKind.Math, "27.0")]
    [InlineData("verl/aime2024_16.parquet", 480, AnswerKind.Math, "204")]
    [InlineData("verl/aime2025_16.parquet", 480, AnswerKind.Math, "70")]
    [InlineData("verl/olympiadbench_4.parquet", 2324, AnswerKind.Math, "2")]
    public void Every_row_of_a_benchmark_is_a_question_with_its_answer(string file, int count, AnswerKind kind, string? firstGold)
    {
        var rows = QuestionRows.Of(SharedData.Require("benchmarks/" + file));
        Assert.Equal(count, rows.Count);
        Assert.All(rows, row => Assert.True(row.Gold.Kind == kind && row.Gold.Text.Length > 0 && row.Question().Length > 0));
        if (firstGold is not null) Assert.Equal(firstGold, rows[0].Gold.Text);
    }

    // Sets that are trained on have rows without an answer.
    [SkippableTheory]
    [InlineData("math/train.jsonl", 7474, new[] { "train.jsonl:887", "train.jsonl:1010", "train.jsonl:5329", "train.jsonl:5331" })]
    [InlineData("deepscaler/dsr_sub.parquet", 1209, new[] { "dsr_sub.parquet: row 265" })]
    public void Rows_without_an_answer_are_named_and_the_others_read(string file, int rows, string[] bad)
    {
        var places = new List<string>();
        var count = new QuestionFile(DataFile.Open(SharedData.Require("benchmarks/" + file))).Read(row => row, (place, _) => places.Add(Path.GetFileName(place))).Count();
        Assert.Equal(bad, places);
        Assert.Equal(rows, count + bad.Length);
    }

    [SkippableFact]
    public void Tests_without_a_statement_are_no_task()
    {
        var path = SharedData.Require("benchmarks/ood/livecodebench-public-tests.jsonl");
        var faults = new List<string>();
        Assert.Empty(new QuestionFile(DataFile.Open(path)).Read(row => row, (place, fault) => faults.Add($"{place}: {fault}")));
        Assert.Equal(219, faults.Count);
        Assert.All(faults, fault => Assert.Contains("the statement, \"question_content\", is missing", fault, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("deepscaler/dsr_sub")]
    [InlineData("verl/gsm8k_4")]
    [InlineData("verl/math_4")]
    [InlineData("verl/amc_16")]
    [InlineData("verl/aime2024_16")]
    [InlineData("verl/aime2025_16")]
    [InlineData("verl/olympiadbench_4")]
    public void Rows_of_Parquet_are_those_that_another_reader_found(string file)
    {
        var expected = SharedData.Rows($"benchmarks/{file}.rows.jsonl").ToDictionary(row => row.GetProperty("row").GetInt64());
        var path = SharedData.Require($"benchmarks/{file}.parquet");
        var compared = 0;
        foreach (var row in DataFile.Open(path).Read())
        {
            if (!expected.TryGetValue(row.Number, out var other)) continue;
            Assert.Equal($"{path}: row {row.Number}", row.Place);
            var members = row.Content.Names().ToArray();
            Assert.Equal(other.EnumerateObject().Select(member => member.Name).Where(name => name != "row"), members);
            Assert.All(members, name => Assert.True(JsonElement.DeepEquals(other.GetProperty(name), row.Content.Member(name)), $"row {row.Number}: {name}"));
            compared++;
        }
        Assert.Equal(expected.Count, compared);
    }

    [SkippableTheory]
    [InlineData("gsm8k_4", "gsm8k", 1319)]
    [InlineData("math_4", "math500", 500)]
    [InlineData("amc_16", "amc23", 40)]
    [InlineData("aime2024_16", "aime2024", 30)]
    [InlineData("aime2025_16", "aime2025", 30)]
    [InlineData("olympiadbench_4", "olympiadbench", 581)]
    public void Copies_of_a_question_are_as_many_as_the_benchmark_has_samples(string file, string name, int distinct)
    {
        var rows = QuestionRows.Of(SharedData.Require($"benchmarks/verl/{file}.parquet"));
        var benchmark = Benchmarks.OfSource(rows[0].Source)!;
        Assert.Equal(name, benchmark.Name);
        var copies = rows.CountBy(row => row.Question()).ToList();
        Assert.Equal(distinct, copies.Count);
        Assert.All(copies, copy => Assert.Equal(benchmark.Samples, copy.Value));
        for (var i = 0; i + distinct < rows.Count; i++) Assert.Equal(rows[i].Question(), rows[i + distinct].Question());
    }
}
