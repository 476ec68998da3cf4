using AttnPo.Core.Data.Questions;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Data.Questions;

public sealed class BenchmarksTests
{
    [Fact]
    public void The_nine_benchmarks_are_known_by_their_names()
    {
        Assert.Equal(
            ["gsm8k", "math500", "amc23", "aime2024", "aime2025", "olympiadbench", "livecodebench", "gpqa-diamond", "mmlu"],
            Benchmarks.All.Select(benchmark => benchmark.Name));
        Assert.Equal(AnswerKind.Code, Benchmarks.Named("livecodebench")!.Kind);
        Assert.Null(Benchmarks.Named("GSM8K-platinum"));
    }

    [Fact]
    public void Each_names_forms_that_are_read_and_sources_that_are_its_own()
    {
        Assert.All(Benchmarks.All.SelectMany(benchmark => benchmark.Forms), form => Assert.Contains(RowForm.Known, known => known.Name == form));
        Assert.All(Benchmarks.All, benchmark => Assert.All(benchmark.Sources, source => Assert.Same(benchmark, Benchmarks.OfSource(source))));
        Assert.Null(Benchmarks.OfSource("deepscaler"));
        Assert.Null(Benchmarks.OfSource(null));
    }
}
