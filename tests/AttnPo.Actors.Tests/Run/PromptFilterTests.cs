using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

/// <summary>A run that passes over prompts, left alone.</summary>
public sealed class FilteredLeftAlone : IAsyncLifetime
{
    internal const int Steps = 9;

    internal FakeRun Run { get; } = new();

    internal SortedDictionary<string, string> Result { get; private set; } = [];

    /// <summary>24 prompts, numbered from 90: those from 100 on are too long.</summary>
    internal static RunSetup Setup(FakeRun run, int steps = Steps)
    {
        var (setup, task) = (run.LedgerSetup(steps), new FakeTask(24, offset: 90));
        return setup with
        {
            Training = task,
            Labels = task,
            PromptSampler = setup.PromptSampler with
            {
                MaxPromptTokens = FakeTask.Tokenizer.Encode("? 99\n").Length,
                LongPrompts = LongPrompts.Skip,
                Difficulty = new DifficultyFilter { SkipSolved = 1, SkipUnsolved = 1, RetryEvery = 3 },
            },
        };
    }

    public async Task InitializeAsync()
    {
        Assert.Equal(RunEnd.Finished, (await Run.RunAsync(Setup(Run))).End);
        Result = Run.Result();
    }

    public Task DisposeAsync()
    {
        Run.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Saved states at 2, 4, 6 and 8, checkpoints at 3, 6 and 9, and a filter by length and difficulty.</summary>
public sealed class PromptFilterTests(FilteredLeftAlone leftAlone) : IClassFixture<FilteredLeftAlone>
{
    [Theory]
    [Trait("Contract", "C3")]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(3, 4)]
    [InlineData(5, 2)]
    [InlineData(6, 1)]
    [InlineData(9, 4)]
    public async Task A_run_cut_off_anywhere_samples_the_same_prompts_to_the_same_end(int step, int wave)
    {
        using var run = new FakeRun();
        await run.CutOffAsync(FilteredLeftAlone.Setup(run), step, wave);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(FilteredLeftAlone.Setup(run))).End);
        Assert.Equal(leftAlone.Result, run.Result());
        Assert.Equal(Told(leftAlone.Run), Told(run));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task A_run_cut_off_in_each_step_samples_the_same_prompts_to_the_same_end()
    {
        using var run = new FakeRun();
        for (var step = 1; step <= FilteredLeftAlone.Steps; step++) await run.CutOffAsync(FilteredLeftAlone.Setup(run), step, wave: 2);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(FilteredLeftAlone.Setup(run))).End);
        Assert.Equal(leftAlone.Result, run.Result());
        Assert.Equal(Told(leftAlone.Run), Told(run));
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void Each_place_of_the_reading_is_sampled_or_counted_and_no_filtered_prompt_is_sampled()
    {
        var events = LedgerReader.Open(leftAlone.Run.Directory, new JournalSettings()).Events().Select(entry => entry.Happened).ToArray();
        var commits = events.OfType<StepCommitted>().ToArray();
        var (cursor, past) = (0L, new Dictionary<long, bool?>());
        foreach (var commit in commits)
        {
            var skipped = SkippedPrompts.None;
            foreach (var wave in events.OfType<WaveSampled>().Where(wave => wave.Wave.Step == commit.Step).OrderBy(wave => wave.Wave.Index))
            {
                Assert.Equal(cursor, wave.Position);
                var end = cursor + wave.Prompts.Count + (wave.Skipped?.Total ?? 0);
                var places = Enumerable.Range((int)cursor, (int)(end - cursor))
                    .Select(at => (Index: PromptOrder.At(7, at, 24), Epoch: at / 24)).ToArray();
                var why = places.Select(place => WhyNot(place.Index, place.Epoch)).ToArray();
                Assert.Equal(places.Where((_, i) => why[i] is null).Select(place => (long)place.Index), wave.Prompts);
                Assert.Equal(
                    why.OfType<PromptSkip>().Aggregate(SkippedPrompts.None, (sum, reason) => sum.Plus(reason)), wave.Skipped ?? SkippedPrompts.None);
                (cursor, skipped) = (end, skipped.Plus(wave.Skipped ?? SkippedPrompts.None));
            }
            Assert.Equal(cursor, commit.PromptCursor);
            Assert.Equal(
                (cursor / 24.0, skipped.TooLong, skipped.Solved, skipped.Unsolved),
                (commit.Metrics["sample/epoch"], (long)commit.Metrics["sample/skipped_long"], (long)commit.Metrics["sample/skipped_solved"],
                    (long)commit.Metrics["sample/skipped_unsolved"]));
            foreach (var group in commit.Groups.Where(group => group.Rollouts > 0))
                past[group.Prompt] = group.Correct == group.Rollouts ? true : group.Correct == 0 ? false : null;
        }
        // Otherwise nothing was shown.
        Assert.All(
            (string[])["sample/skipped_long", "sample/skipped_solved", "sample/skipped_unsolved"],
            figure => Assert.True(commits.Sum(commit => commit.Metrics[figure]) > 0, figure));

        PromptSkip? WhyNot(int index, int epoch) =>
            (epoch + index) % 3 != 0 && past.TryGetValue(index, out var last) && last is { } all ? (all ? PromptSkip.Solved : PromptSkip.Unsolved)
            : index >= 10 ? PromptSkip.TooLong
            : null;
    }

    [Fact]
    public async Task A_set_of_which_every_prompt_is_too_long_ends_the_run_with_what_to_do()
    {
        using var run = new FakeRun();
        var setup = FilteredLeftAlone.Setup(run);
        var outcome = await run.RunAsync(setup with { PromptSampler = setup.PromptSampler with { MaxPromptTokens = 1 } });
        Assert.Equal((RunEnd.Failed, StepNumber.Start), (outcome.End, outcome.Step));
        Assert.StartsWith(
            "Step 1 cannot be made, by PromptSampler: Each of the 24 prompts has more than 1 tokens, so no step can be filled: raise"
            + " rollout.max-prompt-tokens", outcome.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Told(FakeRun run) =>
        from entry in LedgerReader.Open(run.Directory, new JournalSettings()).Events()
        let sampled = entry.Happened as WaveSampled
        where sampled is not null
        orderby sampled.Wave.Step.Value, sampled.Wave.Index
        select $"{sampled.Wave} {sampled.Position} {string.Join(',', sampled.Prompts)} {sampled.Skipped}";
}
