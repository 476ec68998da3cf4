using System.Text.RegularExpressions;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>
/// Fixtures/ holds run directories as versions wrote them, with every kind of event in journal and archive; each must be readable for
/// ever. A new version adds one and changes none. They are written by <see cref="Write"/>, to where ATTNPO_WRITE_FIXTURE points.
/// </summary>
[Trait("Contract", "C3")]
public sealed partial class WrittenJournalTests
{
    private const string Variable = "ATTNPO_WRITE_FIXTURE";
    private const int Steps = 7;

    [Theory]
    [InlineData("run-0.2", false)]
    [InlineData("run-0.5", true)]
    public async Task A_run_that_this_version_wrote_goes_on_to_the_end_of_one_left_alone(string fixture, bool watched)
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync(Setup(undisturbed, watched));
        using var run = new FakeRun();
        Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture), run.Directory);
        var figures = Metrics.Parse(File.ReadLines(Path.Combine(run.Directory, "metrics.jsonl")).Last()).Keys;

        await using (var paused = TrainingRun.Start(Setup(run, watched)))
        {
            await WaitAsync(run, news => news is PauseBegun);
            Assert.True((await paused.ResumeAsync()).Done);
            Assert.Equal(RunEnd.Finished, (await paused.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        }

        var opened = run.News.OfType<RunOpened>().First();
        Assert.Equal((new StepNumber(6), true), (opened.Committed, opened.Continued));
        // A later version may have more figures; those that were there are the same.
        Assert.Equal(Outcome(undisturbed, figures), Outcome(run, figures));
    }

    private static SortedDictionary<string, string> Outcome(FakeRun run, IEnumerable<string> figures)
    {
        var outcome = run.Outcome();
        foreach (var line in outcome.Keys.Where(name => name.StartsWith("metrics", StringComparison.Ordinal)).ToArray())
        {
            var known = Metrics.Parse(outcome[line]).Where(figure => figures.Contains(figure.Key));
            outcome[line] = string.Join(", ", known.Select(figure => $"{figure.Key} {figure.Value}"));
        }
        // The same of a judgement: the name, which holds the content's hash, goes with what later versions add.
        foreach (var file in outcome.Keys.Where(name => name.Contains("-judgement-", StringComparison.Ordinal)).ToArray())
        {
            var name = file[..(file.IndexOf("-judgement-", StringComparison.Ordinal) + "-judgement".Length)];
            Assert.True(outcome.TryAdd(name, Behaviour().Replace(outcome[file], "")));
            outcome.Remove(file);
        }
        return outcome;
    }

    [GeneratedRegex(@"""behaviour"":\[[0-9,]*\],")]
    private static partial Regex Behaviour();

    [SkippableFact]
    public async Task Write()
    {
        var target = Environment.GetEnvironmentVariable(Variable);
        Skip.If(string.IsNullOrEmpty(target), $"{Variable} names no folder to write to.");
        using var run = new FakeRun();
        // Cut off in the fourth step, after the first saved state; then paused and given a checkpoint; then paused within the last step.
        await using (TrainingRun.Start(Setup(run, watched: true))) await WaitAsync(run, news => news is WaveFinished { Step.Value: 4, Done: 2 });
        run.News.Clear();
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        await using (var going = TrainingRun.Start(Setup(run, watched: true)))
        {
            await PauseWithinAsync(going, run, new StepNumber(5));
            Assert.True((await going.CheckpointAsync()).Done);
            run.News.Clear();
            var paused = PauseWithinAsync(going, run, new StepNumber(7));
            await going.ResumeAsync();
            await paused;
            await going.StopAsync();
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Copy(run.Directory, target!);
        foreach (var name in (string[])["run.lock", "log"]) Remove(Path.Combine(target!, name));
    }

    /// <summary>Holds the first generation of a step until the run is about to pause.</summary>
    private static async Task PauseWithinAsync(TrainingRun going, FakeRun run, StepNumber step)
    {
        var (reached, release, generate) = (new TaskCompletionSource(), new ManualResetEventSlim(), run.Engine.OnGenerate);
        run.Engine.OnGenerate = request =>
        {
            generate(request);
            if (request.Step != step.Index || request.SamplesPerPrompt != 4) return;
            reached.TrySetResult();
            release.Wait();
        };
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True((await going.PauseAsync()).Done);
        release.Set();
        await WaitAsync(run, news => news is PauseBegun);
        run.Engine.OnGenerate = generate;
    }

    /// <param name="run">The run.</param>
    /// <param name="watched">Whether its heads are watched, and chosen anew on the way.</param>
    private static RunSetup Setup(FakeRun run, bool watched)
    {
        // One prompt fails always, so that a group is dropped.
        run.Engine.OnGenerate = request =>
        {
            if (request.Prompts.Any(prompt => prompt.Id == 8) && request.Step == 1) throw new IOException("no more");
        };
        var setup = run.Setup(Steps);
        setup = setup with { Run = setup.Run with { Retention = new RetentionSettings { CheckpointEvery = 3, SnapshotEvery = 3 } } };
        if (!watched) return setup;
        run.Engine.StepScore = WatchedRuns.Score;
        return setup with { HeadWatch = WatchedRuns.Watch(every: 2, reselect: 0.75) };
    }

    private static async Task WaitAsync(FakeRun run, Func<IRunProgress, bool> happened)
    {
        for (var waited = 0; !run.News.Any(happened); waited++)
        {
            Assert.True(waited < 6000, "It never happened.");
            await Task.Delay(10);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}
