using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Scoring;
using Xunit;

namespace AttnPo.Gpu.Tests.Scoring;

public sealed class ScorerTests
{
    public static TheoryData<string> Fixtures => ReferenceFixture.All;

    [Theory, MemberData(nameof(Fixtures))]
    public void Log_probabilities_entropies_and_step_scores_equal_the_reference(string name)
    {
        var fixture = ReferenceFixture.Load(name);
        using var model = HuggingFaceModel.Load(fixture.Directory);
        var scores = new Scorer(model.Decoder).Score([.. fixture.Rows.Select(r => r.Request)], ReferenceFixture.Heads);
        foreach (var (row, score) in fixture.Rows.Zip(scores)) row.AssertEqual(score, ReferenceFixture.Heads, tolerance: 2e-5);
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Padding_and_company_do_not_change_a_score(string name)
    {
        var fixture = ReferenceFixture.Load(name);
        using var model = HuggingFaceModel.Load(fixture.Directory);
        var requests = fixture.Rows.Select(r => r.Request).ToArray();
        var together = new Scorer(model.Decoder, tokenBudget: 100_000).Score(requests, ReferenceFixture.Heads);
        var alone = new Scorer(model.Decoder, tokenBudget: 1).Score(requests, ReferenceFixture.Heads);
        foreach (var (one, other) in together.Zip(alone))
        {
            Numbers.AssertWithin(1e-5, one.LogProbs.Doubles(), other.LogProbs.Doubles(), "log-probability");
            Numbers.AssertWithin(1e-5, one.Entropies.Doubles(), other.Entropies.Doubles(), "entropy");
            Numbers.AssertWithin(1e-5, one.HeadScores.SelectMany(h => h), other.HeadScores.SelectMany(h => h), "step score");
        }
    }

    [Fact]
    public void Only_the_log_probabilities_that_are_asked_for_are_computed_and_these_are_the_same()
    {
        using var decoder = Small();
        var requests = Enumerable.Range(0, 3).Select(i => new ScoreRequest([1, 2], [3, 4, 5, 6 + i, 7], 2, [new TokenRange(0, 2)])).ToArray();
        var all = new Scorer(decoder).Score(requests, [new HeadId(0, 1)]);
        var some = new Scorer(decoder).Score(
            [requests[0] with { LogProbsFrom = 3 }, requests[1] with { LogProbsFrom = 5 }, requests[2]], [new HeadId(0, 1)]);
        Assert.Equal(all[0].LogProbs[3..], some[0].LogProbs, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(all[0].Entropies[3..], some[0].Entropies, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Empty(some[1].LogProbs);
        Assert.Equal(5, some[2].LogProbs.Length);
        Assert.Equal(all[1].HeadScores[0], some[1].HeadScores[0]);
        Assert.Throws<ArgumentException>(() => new Scorer(decoder).Score([requests[0] with { LogProbsFrom = 6 }], []));
    }

    [Fact]
    public void A_response_without_an_answer_has_no_step_scores()
    {
        using var decoder = Small();
        var scores = new Scorer(decoder).Score([new ScoreRequest([1, 2], [3, 4, 5], -1, [new TokenRange(0, 2)])], [new HeadId(0, 1)]);
        Assert.Equal(3, scores[0].LogProbs.Length);
        Assert.Empty(Assert.Single(scores[0].HeadScores));
    }

    [Fact]
    public void An_answer_of_no_tokens_attends_to_nothing()
    {
        using var decoder = Small();
        var scores = new Scorer(decoder).Score([new ScoreRequest([1, 2], [3, 4, 5], 2, [new TokenRange(0, 2)])], [new HeadId(0, 1)]);
        Assert.Equal([0.0], scores[0].HeadScores[0]);
    }

    [Fact]
    public void The_attention_of_a_row_sums_to_one()
    {
        using var decoder = Small();
        // Steps of one token cover all that stands before the close; what is missing to one lies in prompt, close and answer.
        var steps = Enumerable.Range(0, 6).Select(i => new TokenRange(i, i + 1)).ToArray();
        var score = new Scorer(decoder).Score([new ScoreRequest([1], [3, 4, 5, 6, 7, 8, 9, 10], 6, steps)], [new HeadId(1, 3)])[0];
        Assert.InRange(score.HeadScores[0].Sum(), 0.3, 1);
    }

    [Theory]
    [InlineData(2, 0, "head 2:0 does not exist")]
    [InlineData(0, 4, "head 0:4 does not exist")]
    public void A_head_the_model_lacks_is_refused(int layer, int head, string message)
    {
        using var decoder = Small();
        var error = Assert.Throws<ArgumentException>(
            () => new Scorer(decoder).Score([new ScoreRequest([1], [2, 3], 0, [])], [new HeadId(layer, head)]));
        Assert.Contains(message, error.Message);
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData(new[] { 99 }, new[] { 1, 2 }, 1, 0, 1, "token 99")]
    [InlineData(new[] { -1 }, new[] { 1, 2 }, 1, 0, 1, "token -1")]
    [InlineData(new int[0], new[] { 1, 2 }, 1, 0, 1, "prompt is empty")]
    [InlineData(new[] { 1 }, new int[0], -1, 0, 1, "response is empty")]
    [InlineData(new[] { 1 }, new[] { 1, 2 }, 2, 0, 1, "think end 2")]
    [InlineData(new[] { 1 }, new[] { 1, 2 }, 1, 0, 2, "step 0 to 2")]
    [InlineData(new[] { 1 }, new[] { 1, 2 }, 1, 1, 1, "step 1 to 1")]
    public void A_request_that_makes_no_sense_is_refused(
        int[] prompt, int[] response, int thinkEnd, int start, int end, string message)
    {
        using var decoder = Small();
        var error = Assert.Throws<ArgumentException>(() => new Scorer(decoder).Score(
            [new ScoreRequest(prompt, response, thinkEnd, [new TokenRange(start, end)])], []));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_cancelled_call_ends()
    {
        using var decoder = Small();
        Assert.Throws<OperationCanceledException>(() => new Scorer(decoder).Score(
            [new ScoreRequest([1], [2], -1, [])], [], new CancellationToken(canceled: true)));
    }

    private static Decoder Small() =>
        Decoder.Random(new ModelConfig(16, 24, 2, 4, 2, 4, 32, 64, 1e-6, 10000, TiedHead: true), 3);
}
