using AttnPo.Core.Probing;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public class HeadReportTests
{
    private const int Heads = 4;

    // Few different scores, so that ties are common; some responses without a pair; more steps than one vector register holds.
    private static readonly Gen<ProbedResponse[]> AnyResponses = Gen.Select(Gen.Bool, Gen.Int[0, 3].Array[Heads]).Array[1, 24].Select(steps => new ProbedResponse(
        [.. Enumerable.Range(0, Heads).Select(head => (IReadOnlyList<double>)[.. steps.Select(step => (double)step.Item2[head])])],
        [.. steps.Select(step => step.Item1)])).Array[4, 12];

    private static readonly Gen<ProbedResponse[]> Enough = AnyResponses.Where(responses => responses.Count(r => r.HasPair) >= HeadReport.LeastResponses);

    [Fact]
    public void Single_heads_have_the_accuracy_that_ranking_says() => Enough.Sample(responses =>
    {
        var report = HeadReport.Of(responses, seed: 1);
        return Enumerable.Range(0, Heads).All(head => report.Heads[head].Accuracy == Accuracy(responses, [head]))
            && report.Heads.All(head => head.Low <= head.Accuracy && head.Accuracy <= head.High && head.Pairs == Pairs(responses));
    }, iter: 100);

    [Fact]
    public void Curves_are_those_of_trying_every_head_on_one_half_and_measuring_on_the_other() => Enough.Sample(responses =>
    {
        var ranked = responses.Where(r => r.HasPair).ToArray();
        ProbedResponse[] choosing = [.. ranked.Where((_, i) => i % 2 == 0)], measuring = [.. ranked.Where((_, i) => i % 2 == 1)];
        var report = HeadReport.Of(responses, seed: 1);

        List<int> greedy = [];
        var top = Enumerable.Range(0, Heads).OrderByDescending(head => Accuracy(choosing, [head])).ToArray();
        Assert.Equal(Heads, report.Curves.Count);
        foreach (var point in report.Curves)
        {
            greedy.Add(Enumerable.Range(0, Heads).Except(greedy).MaxBy(head => Accuracy(choosing, [.. greedy, head])));
            AssertSet(point.Greedy, [.. greedy]);
            AssertSet(point.TopK, top[..point.Count]);
        }
        Assert.Equal(greedy.Take(report.Chosen.Count), report.Chosen);
        var accuracies = report.Curves.Select(point => point.Greedy.Choosing).ToArray();
        Assert.True(accuracies[report.Chosen.Count - 1] >= accuracies.Max() - HeadReport.Tolerance);
        Assert.DoesNotContain(accuracies[..(report.Chosen.Count - 1)], accuracy => accuracy >= accuracies.Max() - HeadReport.Tolerance);

        void AssertSet(SetAccuracy set, int[] heads)
        {
            Assert.Equal(heads[^1], set.Head);
            Assert.Equal(Accuracy(choosing, heads), set.Choosing);
            Assert.Equal(Accuracy(measuring, heads), set.Measured.Accuracy);
            Assert.Equal(Pairs(measuring), set.Measured.Pairs);
        }
    }, iter: 100);

    [Fact]
    public void Held_out_are_the_responses_to_prompts_that_chose_nothing()
    {
        IReadOnlyList<bool> both = [true, false], one = [true, true];
        ProbedResponse Made(string? prompt, IReadOnlyList<bool> essential) => new([[1, 0], [0, 1]], essential) { Prompt = prompt };
        // Ranked prompts in order: a chooses, b measures, the one without a name chooses, d measures. What ranks nothing goes with its prompt.
        var report = HeadReport.Of(
            [Made("x", one), Made("a", both), Made("b", both), Made("a", one), Made(null, both), Made(null, one), Made("d", both), Made("b", one)], seed: 1);
        Assert.Equal([true, false, true, false, false, true, true, true], report.HeldOut);
    }

    [Fact]
    public void Responses_to_one_prompt_stay_in_one_half_and_are_drawn_together()
    {
        // Two of each prompt: the first head is right on the first of every two prompts, the second head on the others.
        ProbedResponse[] responses = [.. Enumerable.Range(0, 16).Select(i => new ProbedResponse(
            i / 2 % 2 == 0 ? [[1, 0], [0, 1]] : [[0, 1], [1, 0]], [true, false]) { Prompt = $"{i / 2}" })];
        var report = HeadReport.Of(responses, seed: 1, mostHeads: 1);
        Assert.Equal([0], report.Chosen);
        Assert.Equal((1, 0), (report.Curves[0].Greedy.Choosing, report.ChosenAccuracy.Accuracy));
        Assert.Equal((8, 8), (report.Choosing, report.Measuring));

        // As many prompts of one response each have the same interval: a second response like the first makes nothing surer.
        var alone = HeadReport.Of([.. responses.Where((_, i) => i % 2 == 0)], seed: 1, mostHeads: 1);
        Assert.Equal((alone.Heads[0].Low, alone.Heads[0].High), (report.Heads[0].Low, report.Heads[0].High));
        Assert.Throws<ArgumentException>(() => HeadReport.Of([.. responses.Take(6)], seed: 1));
    }

    [Fact]
    public void A_set_is_measured_on_responses_that_did_not_choose_it()
    {
        // On the choosing half the first head is right and the second wrong; on the other half the other way round.
        var (one, other) = (new ProbedResponse([[1, 0], [0, 1]], [true, false]), new ProbedResponse([[0, 1], [1, 0]], [true, false]));
        var report = HeadReport.Of([one, other, one, other], seed: 1, mostHeads: 1);
        Assert.Equal([0], report.Chosen);
        Assert.Equal((1.0, 0.0), (report.Curves[0].Greedy.Choosing, report.ChosenAccuracy.Accuracy));
    }

    [Fact]
    public void Responses_without_a_pair_are_counted_and_rank_nothing()
    {
        var (pair, none) = (new ProbedResponse([[1, 0, 0]], [true, false, false]), new ProbedResponse([[1, 0]], [true, true]));
        var report = HeadReport.Of([none, pair, pair, none, pair, pair, pair], seed: 1);
        Assert.Equal((5, 2, 3, 2), (report.Responses, report.Unranked, report.Choosing, report.Measuring));
        Assert.Equal((5, 10), (report.Essential, report.Redundant));
        Assert.Equal(new RankingAccuracy(1, 10, 1, 1), report.Heads[0]);
        Assert.Throws<ArgumentException>(() => HeadReport.Of([none, pair, pair, pair], seed: 1));
    }

    [Fact]
    public void Intervals_are_a_function_of_responses_and_seed() => Enough.Sample(responses =>
    {
        var (first, again, other) = (HeadReport.Of(responses, 1), HeadReport.Of(responses, 1), HeadReport.Of(responses, 2));
        Assert.Equal(first.Heads, again.Heads);
        Assert.Equal(first.Curves, again.Curves);
        Assert.Equal(first.Heads.Select(head => head.Accuracy), other.Heads.Select(head => head.Accuracy));
    }, iter: 20);

    [Fact]
    public void Swapping_the_labels_mirrors_accuracy_and_interval() => Enough.Sample(responses =>
    {
        var heads = HeadReport.Of(responses, 1).Heads;
        var swapped = HeadReport.Of([.. responses.Select(r => r with { Essential = [.. r.Essential.Select(isEssential => !isEssential)] })], 1).Heads;
        foreach (var (head, mirrored) in heads.Zip(swapped))
        {
            Assert.Equal(1 - head.Accuracy, mirrored.Accuracy, 1e-12);
            Assert.Equal(1 - head.High, mirrored.Low, 1e-12);
            Assert.Equal(1 - head.Low, mirrored.High, 1e-12);
        }
    }, iter: 20);

    [Fact]
    public void Nineteen_of_twenty_intervals_hold_the_truth_where_the_steps_of_a_response_depend_on_each_other()
    {
        // Every response ranks all of its pairs rightly or none, so the truth is the share of the former; intervals that took the 25
        // pairs of a response for independent would be a fifth as wide and hold it in a third of the trials.
        const double Truth = 0.7;
        const int Trials = 200;
        bool[] essential = [.. Enumerable.Range(0, 10).Select(step => step < 5)];
        double[] right = [.. essential.Select(isEssential => isEssential ? 1.0 : 0.0)], wrong = [.. right.Select(score => 1 - score)];
        var random = new Random(1);
        var held = Enumerable.Range(0, Trials).Count(trial =>
        {
            var responses = Enumerable.Range(0, 60).Select(_ => new ProbedResponse([random.NextDouble() < Truth ? right : wrong], essential)).ToArray();
            var head = HeadReport.Of(responses, (ulong)trial).Heads[0];
            return head.Low <= Truth && Truth <= head.High;
        });
        Assert.InRange(held, 0.90 * Trials, 0.99 * Trials);
    }

    [Fact]
    public void Quantiles_lie_between_the_nearest_values()
    {
        Assert.Equal(1.0, Quantiles.Of([1, 2, 4], 0));
        Assert.Equal(1.5, Quantiles.Of([1, 2, 4], 0.25));
        Assert.Equal(4.0, Quantiles.Of([1, 2, 4], 1));
        Assert.Equal(7.0, Quantiles.Of([7], 0.3));
    }

    private static double Accuracy(IReadOnlyList<ProbedResponse> responses, int[] heads) => Ranking(responses, heads).Accuracy;

    private static long Pairs(IReadOnlyList<ProbedResponse> responses) => Ranking(responses, [0]).Pairs;

    private static (double Accuracy, long Pairs) Ranking(IReadOnlyList<ProbedResponse> responses, int[] heads) =>
        StepRanking.Accuracy(responses.Select(response => (
            (IReadOnlyList<double>)[.. response.Essential.Select((_, step) => heads.Average(head => response.HeadScores[head][step]))],
            response.Essential)));
}
