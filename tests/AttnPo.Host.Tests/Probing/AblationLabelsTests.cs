using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Gpu;
using AttnPo.Host.Probing;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class AblationLabelsTests : IDisposable
{
    private const int Close = 90, Stop = 99;

    private readonly TemporaryFolder _folder = new();
    private readonly Tokenizer _tokenizer;

    public AblationLabelsTests()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        _tokenizer = Tokenizer.Load(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    // Reasoning 10 11 | 20 | 30 31 32, then the tag, an answer of three tokens and the stop token.
    private static readonly LabelledResponse Response =
        MadeResponse.OfTokens([1, 2], [10, 11, 20, 30, 31, 32, Close, 50, 51, 52, Stop], 6, new(0, 2), new(2, 3), new(3, 6));

    [Fact]
    public async Task The_drop_is_what_the_answer_loses_without_the_step()
    {
        var scorer = new RecallingScorer();
        var source = Source(scorer, threshold: 1);
        var labels = await source.LabelAsync([Response], CancellationToken.None);
        // Each token of the answer is worth -1 nat without 10 and -0.2 nats without 31, and they add up over its three tokens.
        Assert.Equal([3.0, 0, 0.6], source.DropsOf(Response)!.Select(drop => Math.Round(drop, 5)));
        Assert.Equal("err", MadeResponse.Letters(labels[0]));
    }

    [Fact]
    public async Task Only_the_step_is_taken_out_and_only_the_answer_is_measured()
    {
        var scorer = new RecallingScorer();
        await Source(scorer, threshold: 1).LabelAsync([Response], CancellationToken.None);
        Assert.All(scorer.Requests, request => Assert.Equal([1, 2], request.Prompt));
        Assert.Equal(
            [
                [10, 11, 20, 30, 31, 32, Close, 50, 51, 52],
                [20, 30, 31, 32, Close, 50, 51, 52],
                [10, 11, 30, 31, 32, Close, 50, 51, 52],
                [10, 11, 20, Close, 50, 51, 52],
            ],
            scorer.Requests.Select(request => request.Response));
        Assert.All(scorer.Requests, request => Assert.Equal(50, request.Response[request.LogProbsFrom]));
    }

    [Theory]
    [InlineData(0.5, "ere")]
    [InlineData(3.5, "rrr")]
    [InlineData(-1, "eee")]
    public async Task The_threshold_says_where_the_line_is(double threshold, string expected) =>
        Assert.Equal(expected, MadeResponse.Letters((await Source(new RecallingScorer(), threshold).LabelAsync([Response], CancellationToken.None))[0]));

    [Fact]
    public async Task Over_the_median_only_what_stands_out_is_essential()
    {
        // Drops of 3, 0 and 0.6: the median is 0.6.
        var source = new AblationLabels(new RecallingScorer(), new(AblationTarget.Answer, -0.1, OverMedian: true), _tokenizer, [Stop]);
        Assert.Equal("ere", MadeResponse.Letters((await source.LabelAsync([Response], CancellationToken.None))[0]));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(40, 2)]
    [InlineData(1000, 1)]
    public async Task Sequences_go_to_the_scorer_in_calls_of_bounded_size_that_change_nothing(int positions, int calls)
    {
        var scorer = new RecallingScorer();
        var source = new AblationLabels(scorer, new(AblationTarget.Answer, 1, PositionsAtOnce: positions), _tokenizer, [Stop]);
        await source.LabelAsync([Response], CancellationToken.None);
        Assert.Equal(calls, scorer.Calls);
        Assert.Equal([3.0, 0, 0.6], source.DropsOf(Response)!.Select(drop => Math.Round(drop, 5)));
    }

    [Fact]
    public async Task A_response_without_an_answer_has_no_labels_and_no_drops()
    {
        var open = MadeResponse.OfTokens([1], [10, 11], -1, new TokenSpan(0, 2));
        var silent = MadeResponse.OfTokens([1], [10, 11, Close, Stop], 2, new TokenSpan(0, 2));
        var source = Source(new RecallingScorer(), threshold: 1);
        var labels = await source.LabelAsync([open, Response, silent], CancellationToken.None);
        Assert.Equal(["-", "err", "-"], labels.Select(MadeResponse.Letters));
        Assert.Null(source.DropsOf(open));
        Assert.Null(source.DropsOf(silent));
    }

    [Fact]
    public async Task Of_a_box_only_what_is_in_it_is_measured()
    {
        var tokens = _tokenizer.Encode("First, a=6.\nThen, b:=a+1, 6+1 so b=7.\n</think>\nb=7 so \\boxed{7}<|end|>");
        var thinkEnd = Array.IndexOf(tokens, _tokenizer.IdOf("</think>")!.Value);
        var response = MadeResponse.OfTokens([1], tokens, thinkEnd, new TokenSpan(0, 2));
        var scorer = new RecallingScorer();
        var source = new AblationLabels(scorer, new(AblationTarget.Box, 1), _tokenizer, [tokens[^1]]);
        await source.LabelAsync([response], CancellationToken.None);
        Assert.All(scorer.Requests, request => Assert.Equal("7", _tokenizer.Decode(request.Response[request.LogProbsFrom..]).Text.TrimEnd('}')));

        var unboxed = _tokenizer.Encode("First, a=6.\n</think>\na=6<|end|>");
        var without = MadeResponse.OfTokens([1], unboxed, Array.IndexOf(unboxed, _tokenizer.IdOf("</think>")!.Value), new TokenSpan(0, 2));
        Assert.Equal("-", MadeResponse.Letters((await source.LabelAsync([without], CancellationToken.None))[0]));
    }

    [Fact]
    public async Task A_model_that_overflows_labels_nothing()
    {
        var source = Source(new RecallingScorer { Lost = float.NaN }, threshold: 1);
        Assert.Equal("-r-", MadeResponse.Letters((await source.LabelAsync([Response], CancellationToken.None))[0]));
    }

    [Fact]
    public async Task An_interruption_ends_the_work()
    {
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Source(new RecallingScorer(), 1).LabelAsync([Response], interruption.Token));
    }

    private AblationLabels Source(IScorer scorer, double threshold) => new(scorer, new(AblationTarget.Answer, threshold), _tokenizer, [Stop]);

    /// <summary>Answers from what it has read: without token 10 an answer's token is worth a nat less, without token 31 a fifth of one.</summary>
    private sealed class RecallingScorer : IScorer
    {
        public List<ScoreRequest> Requests { get; } = [];

        public int Calls { get; private set; }

        public float Lost { get; init; } = 1;

        public IReadOnlyList<ResponseScores> Score(IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation = default)
        {
            Assert.Empty(heads);
            Calls++;
            Requests.AddRange(requests);
            return [.. requests.Select(request => new ResponseScores(
                [.. request.Response[request.LogProbsFrom..]
                    .Select(_ => -0.5f - (Has(request, 10) ? 0 : Lost) - (Has(request, 31) ? 0 : 0.2f * Lost))],
                [], []))];
        }

        private static bool Has(ScoreRequest request, int token) => request.Response.Contains(token);
    }
}
