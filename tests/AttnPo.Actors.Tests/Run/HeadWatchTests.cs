using System.Collections.Concurrent;
using System.Text.Json;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using AttnPo.Gpu;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>Runs whose heads cease to rank steps right after the second step.</summary>
public sealed class HeadWatchTests : IDisposable
{
    private const int Steps = 7;
    private readonly FakeRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Heads_are_looked_at_before_the_first_step_at_marks_and_at_the_end()
    {
        await _run.RunAsync(_run.Drifting(Steps, reselect: null));
        var looks = _run.News.OfType<HeadsWatched>().ToArray();
        Assert.Equal([0, 2, 4, 6, 7], looks.Select(look => look.Step.Value));
        Assert.Equal([1, 0, 0, 0, 0], looks.Select(look => look.Metrics["heads/sra"]));
        Assert.Equal(1, looks[0].Metrics["heads/pearson"]);
        Assert.All(looks[1..], look => Assert.InRange(look.Metrics["heads/pearson"], -1, -0.9));
        Assert.All(looks, look => Assert.DoesNotContain("heads/reselected", look.Metrics.Keys));
        Assert.Empty(_run.News.OfType<HeadsReselected>());
    }

    [Fact]
    public async Task Watching_alone_changes_nothing_else()
    {
        using var unwatched = new FakeRun();
        unwatched.Engine.StepScore = WatchedRuns.Score;
        await unwatched.RunAsync(unwatched.LedgerSetup(Steps));
        await _run.RunAsync(_run.Drifting(Steps, reselect: null));
        static string[] Files(FakeRun run) => [.. run.Result().Where(file => !file.Key.StartsWith("metrics", StringComparison.Ordinal)).Select(file => $"{file}")];
        Assert.Equal(Files(unwatched), Files(_run));
    }

    [Fact]
    public async Task Below_the_bound_heads_are_chosen_that_the_next_step_uses()
    {
        await _run.RunAsync(_run.Drifting(Steps));
        var chosen = Assert.Single(_run.News.OfType<HeadsReselected>());
        Assert.Equal((2, 1, 0), (chosen.Step.Value, chosen.Accuracy, chosen.FormerAccuracy));
        Assert.Equal([WatchedRuns.Steady], chosen.Heads);
        Assert.Equal([new HeadId(0, 0), new HeadId(1, 2)], chosen.Former);
        Assert.All(ScoresOf(1).Concat(ScoresOf(2)), score => Assert.DoesNotContain(score, Steady));
        Assert.All(ScoresOf(3).Concat(ScoresOf(Steps)), score => Assert.Contains(score, Steady));

        // From then on the new heads are compared with themselves.
        var looks = _run.News.OfType<HeadsWatched>().ToDictionary(look => look.Step.Value, look => look.Metrics);
        Assert.Equal((1, 1), (looks[2]["heads/reselected"], looks[2]["heads/found_sra"]));
        Assert.Equal((1, 1, 0), (looks[4]["heads/sra"], Math.Round(looks[4]["heads/pearson"], 12), looks[4]["heads/reselected"]));
    }

    [Fact]
    public async Task Checkpoints_name_the_heads_that_were_chosen()
    {
        await _run.RunAsync(_run.Drifting(2));
        // At the end nothing is chosen, for no step would use it.
        Assert.False(File.Exists(HeadsOf(2)));
        Assert.Empty(_run.News.OfType<HeadsReselected>());

        await _run.RunAsync(_run.Drifting(Steps));
        Assert.Equal("1:1", File.ReadAllText(HeadsOf(6)));
        Assert.Equal("1:1", File.ReadAllText(HeadsOf(Steps)));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task C3_a_run_that_is_given_more_steps_at_a_mark_chooses_there_as_one_that_had_them_from_the_first()
    {
        using var alone = new FakeRun();
        await alone.RunAsync(alone.Drifting(Steps));
        await _run.RunAsync(_run.Drifting(2));
        await _run.RunAsync(_run.Drifting(Steps));
        Assert.Equal(alone.Outcome(), _run.Outcome());
    }

    [Fact]
    public async Task Heads_that_are_no_better_are_not_taken()
    {
        // All heads are the same, and wrong.
        _run.Engine.StepScore = (_, _, step) => step % 2;
        await _run.RunAsync(_run.LedgerSetup(3) with { HeadWatch = WatchedRuns.Watch(every: 2, reselect: 0.75) });
        Assert.Equal([0, 0, 0], _run.News.OfType<HeadsWatched>().Select(look => look.Metrics["heads/reselected"]));
        Assert.Equal([0, 0], _run.News.OfType<HeadsWatched>().SelectMany(look => look.Metrics).Where(figure => figure.Key == "heads/found_sra").Select(figure => figure.Value));
        Assert.Empty(_run.News.OfType<HeadsReselected>());
    }

    [Fact]
    public async Task Without_labels_there_is_a_correlation_alone()
    {
        var watch = WatchedRuns.Watch(every: 2);
        await _run.RunAsync(_run.Drifting(3) with { HeadWatch = watch with { Probe = new ProbeSet(watch.Probe.Requests, null) } });
        Assert.All(_run.News.OfType<HeadsWatched>(), look => Assert.Equal(["heads/pearson", "time/probe_s"], look.Metrics.Keys.Order()));
    }

    [Fact]
    public async Task Another_probe_set_begins_a_comparison_of_its_own()
    {
        await _run.RunAsync(_run.Drifting(4, reselect: null));
        var watch = WatchedRuns.Watch(every: 2);
        var fewer = new ProbeSet([.. watch.Probe.Requests.Skip(1)], null);
        await _run.RunAsync(_run.Drifting(8) with { HeadWatch = watch with { Probe = fewer } });
        Assert.NotEqual(watch.Probe.Name, fewer.Name);
        var looks = _run.News.OfType<HeadsWatched>().ToLookup(look => look.Step.Value, look => look.Metrics["heads/pearson"]);
        // Step 4 was the end; it is looked at once more where it is none.
        Assert.InRange(looks[4].First(), -1, -0.9);
        Assert.Equal(1, looks[4].Last());
        Assert.InRange(looks[8].Single(), 0.5, 1);

        // It is told where it begins, and there alone.
        Assert.Equal([new ProbeSetChanged(new StepNumber(4), watch.Probe.Name, fewer.Name)], _run.News.OfType<ProbeSetChanged>());
        await _run.RunAsync(_run.Drifting(9) with { HeadWatch = watch with { Probe = fewer } });
        Assert.Single(_run.News.OfType<ProbeSetChanged>());
    }

    [Fact]
    public async Task Responses_to_one_prompt_do_not_measure_what_they_chose()
    {
        // What is right of one prompt is wrong of the other: a choice on both would be half right, one on the first is all wrong of the second.
        var watch = WatchedRuns.Watch(every: 2, reselect: 0.75) with { Probe = Probe([1, 1, 2, 2]) };
        await _run.RunAsync(_run.Drifting(3) with { HeadWatch = watch });
        var looks = _run.News.OfType<HeadsWatched>().ToArray();
        Assert.Equal([0.5, 0.5, 0.5], looks.Select(look => look.Metrics["heads/sra"]));
        Assert.Equal([0, 0], looks[..2].Select(look => look.Metrics["heads/found_sra"]));
    }

    [Fact]
    public void Halves_are_of_the_prompts_that_have_ranked_responses()
    {
        var probe = Probe([3, 1, 0, 3, 2, 1]);
        Assert.Equal([0, 1, 3, 4, 5], probe.Ranked);
        Assert.Equal([0, 3, 4], probe.Halves.Choosing);
        Assert.Equal([1, 5], probe.Halves.Measuring);
        Assert.Equal(probe.Evidence(0, [[1, 2, 3, 4]]).Prompt, probe.Evidence(3, [[1, 2, 3, 4]]).Prompt);
        Assert.NotEqual(probe.Evidence(0, [[1, 2, 3, 4]]).Prompt, probe.Evidence(1, [[1, 2, 3, 4]]).Prompt);
    }

    [Fact]
    [Trait("Contract", "C4")]
    public async Task A_look_that_takes_longer_than_a_run_may_stand_still_goes_on()
    {
        const int Calls = 8;
        var probe = Probe([.. Enumerable.Range(1, Calls * HeadWatchSettings.ResponsesAtOnce)]);
        var calls = new ConcurrentQueue<int>();
        _run.Engine.OnScore = requests =>
        {
            if (requests[0].LogProbsFrom != requests[0].Response.Length || calls.Count == Calls) return;
            calls.Enqueue(requests.Count);
            // All of them together take longer than the run waits, whatever a call scores.
            Thread.Sleep(requests.Count * 50);
        };
        var setup = _run.Setup(1);
        var outcome = await _run.RunAsync(setup with
        {
            Run = setup.Run with { StallAfter = TimeSpan.FromMilliseconds(200), GiveUpAfter = TimeSpan.FromSeconds(5) },
            HeadWatch = WatchedRuns.Watch(every: 2) with { Probe = probe },
        });
        Assert.Equal(RunEnd.Finished, outcome.End);
        Assert.Empty(_run.News.OfType<WorkRetried>());
        Assert.Equal(Enumerable.Repeat(HeadWatchSettings.ResponsesAtOnce, Calls), calls);
        Assert.Equal(2, _run.News.OfType<HeadsWatched>().Count());
    }

    [Fact]
    public void What_cannot_be_watched_stops_the_start()
    {
        var watch = WatchedRuns.Watch(every: 2, reselect: 0.75);
        (HeadWatchSettings Watch, string Message)[] wrong =
        [
            (watch with { Every = 0 }, "every 0 steps"),
            (watch with { Probe = new ProbeSet([], null) }, "the probe set has none"),
            (watch with { Probe = new ProbeSet(watch.Probe.Requests, null) }, "responses to two prompts at least"),
            (watch with { Probe = Probe([1, 1, 1]) }, "responses to two prompts at least"),
            (watch with { Candidates = [] }, "no heads to choose from"),
            (watch with
            {
                Probe = new ProbeSet([.. Enumerable.Repeat(watch.Probe.Requests[0], HeadWatchSettings.MostSteps / 4 + 1)], null),
            }, "65540 steps; at most 65536"),
        ];
        Assert.All(wrong, of => Assert.Contains(of.Message, Assert.Throws<ArgumentException>(
            () => TrainingRun.Start(_run.Setup() with { HeadWatch = of.Watch })).Message, StringComparison.Ordinal));
        Assert.Contains("only where they are read", Assert.Throws<ArgumentException>(() => TrainingRun.Start(_run.Setup() with
        {
            HeadWatch = watch, AttentionScorer = new() { Source = StepScoreSource.Labels },
        })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_without_a_label_are_in_no_ranking()
    {
        var watch = WatchedRuns.Watch(every: 2);
        var probe = new ProbeSet(
            [watch.Probe.Requests[0], watch.Probe.Requests[1]],
            [[StepLabel.Essential, null, null, StepLabel.Redundant], [StepLabel.Essential, null, null, null]]);
        Assert.Equal([0], probe.Ranked);
        Assert.Equal(1, probe.Accuracy(probe.Ranked, [[2, 9, 0, 1], [0, 0, 0, 0]]));
        Assert.Null(probe.Accuracy([], [[2, 9, 0, 1], [0, 0, 0, 0]]));
        Assert.Equal([[2.0, 1]], probe.Evidence(0, [[2, 9, 0, 1]]).HeadScores);
    }

    private static readonly double[] Steady = [WatchedRuns.Essential, WatchedRuns.Redundant];

    /// <summary>A response of four steps to each prompt; of two steps the first is essential for odd ones, the second for even ones, both for 0.</summary>
    private static ProbeSet Probe(int[] prompts) => new(
        [.. prompts.Select(prompt => new ScoreRequest([prompt], [1, 2, 3, 4, 5, 6], 4, [new(0, 1), new(1, 2), new(2, 3), new(3, 4)]))],
        [.. prompts.Select(prompt => (IReadOnlyList<StepLabel?>)[.. Enumerable.Range(0, 4).Select(step =>
            (StepLabel?)(prompt == 0 || (step + prompt) % 2 == 1 ? StepLabel.Essential : StepLabel.Redundant))])]);

    private string HeadsOf(int step) => Path.Combine(_run.Directory, "checkpoints", $"step-{step:D6}", "heads.txt");

    /// <summary>The step scores that a step's judgements hold.</summary>
    private double[] ScoresOf(int step)
    {
        var files = Directory.GetFiles(Path.Combine(_run.Directory, "rollouts", $"step-{step:D6}"), "*-judgement-*");
        double[] scores = [.. files.SelectMany(File.ReadLines).SelectMany(line => JsonDocument.Parse(line).RootElement.GetProperty("steps").EnumerateArray())
            .Where(scored => scored[3].ValueKind == JsonValueKind.Number).Select(scored => scored[3].GetDouble())];
        Assert.NotEmpty(scores);
        return scores;
    }
}
