using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>Runs that choose heads anew after the second step and end abruptly around it: all end as one left alone.</summary>
[Trait("Contract", "C3")]
public sealed class HeadRecoveryTests(HeadRecoveryTests.LeftAloneDrifting alone) : IClassFixture<HeadRecoveryTests.LeftAloneDrifting>
{
    private const int Steps = 7;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task C3_a_run_cut_off_in_a_look_at_the_heads_looks_again(int nth)
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        var setup = run.Drifting(Steps);
        // Calls of the scorer that score the probe set's own responses: one at steps 0, 4, 6; two, the second with all heads, at step 2.
        var calls = 0;
        run.Engine.OnScore = requests =>
        {
            if (requests[0].Response.Length == requests[0].LogProbsFrom && calls++ == nth) gate.Pass();
        };
        var cut = TrainingRun.Start(setup);
        await gate.ReachedAsync();
        var dispose = cut.DisposeAsync();
        gate.Open();
        await dispose;
        await GoOnAsync(run);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    [InlineData(7, 1)]
    public async Task C3_a_run_cut_off_in_a_step_after_it_goes_on_with_the_heads_that_were_chosen(long step, int wave)
    {
        using var run = new FakeRun();
        await run.CutOffAsync(run.Drifting(Steps), step, wave);
        await GoOnAsync(run);
    }

    [Theory]
    [InlineData(typeof(HeadsWatched))]
    [InlineData(typeof(HeadsReselected))]
    public async Task C3_a_run_cut_off_when_the_choice_is_journaled_makes_it_no_second_time(Type moment)
    {
        using var run = new FakeRun();
        var reached = new TaskCompletionSource();
        await using (TrainingRun.Start(run.Drifting(Steps) with
        {
            Observe = news =>
            {
                if (news.GetType() == moment && news is HeadsReselected or HeadsWatched { Step.Value: 2 }) reached.TrySetResult();
            },
        })) await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await GoOnAsync(run);
        Assert.Empty(run.News.OfType<HeadsReselected>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task C3_a_look_that_fails_is_taken_again(int nth)
    {
        using var run = new FakeRun();
        var setup = run.Drifting(Steps);
        var calls = 0;
        run.Engine.OnScore = requests =>
        {
            if (requests[0].Response.Length == requests[0].LogProbsFrom && calls++ == nth) throw new InvalidOperationException("no memory");
        };
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(setup)).End);
        var retried = Assert.Single(run.News.OfType<WorkRetried>());
        Assert.Equal("HeadWatch", retried.Stage);
        Assert.Equal(alone.Result, run.Result());
    }

    [Fact]
    public async Task C3_a_paused_run_and_one_that_was_stopped_in_a_look_go_on_to_the_same_end()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        var setup = run.Drifting(Steps);
        var calls = 0;
        run.Engine.OnScore = requests =>
        {
            if (requests[0].Response.Length == requests[0].LogProbsFrom && calls++ == 1) gate.Pass();
        };
        await using (var stopped = TrainingRun.Start(setup))
        {
            await gate.ReachedAsync();
            Assert.Equal("Probing", (await stopped.StatusAsync()).State);
            Assert.True((await stopped.PauseAsync()).Done);
            gate.Open();
            await stopped.ReachAsync("Paused");
            Assert.True((await stopped.ResumeAsync()).Done);
            Assert.Equal(RunEnd.Finished, (await stopped.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        }
        Assert.Equal(alone.Result, run.Result());
    }

    private async Task GoOnAsync(FakeRun run)
    {
        run.News.Clear();
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(run.Drifting(Steps))).End);
        Assert.Equal(alone.Result, run.Result());
        Assert.Equal(alone.Events, Events(run));
    }

    private static string[] Events(FakeRun run) => [.. LedgerReader.Open(run.Directory, new JournalSettings()).Events()
        .Where(entry => entry.Happened is HeadsProbed or HeadsSelected).Select(entry => $"{entry.Kind} {StepOf(entry.Happened)}")];

    private static StepNumber StepOf(RunEvent happened) => happened is HeadsProbed probed ? probed.Step : ((HeadsSelected)happened).Step;

    /// <summary>What such a run leaves that nobody disturbs.</summary>
    public sealed class LeftAloneDrifting : IAsyncLifetime
    {
        internal SortedDictionary<string, string> Result { get; private set; } = [];

        internal string[] Events { get; private set; } = [];

        public async Task InitializeAsync()
        {
            using var run = new FakeRun();
            await run.RunAsync(run.Drifting(Steps));
            (Result, Events) = (run.Result(), HeadRecoveryTests.Events(run));
            Assert.Equal(
                ["heads-probed 0", "heads-probed 2", "heads-selected 2", "heads-probed 4", "heads-probed 6", "heads-probed 7"], Events);
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
