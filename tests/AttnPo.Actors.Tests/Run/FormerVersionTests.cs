using System.Text;
using Akka.Actor;
using Akka.Persistence;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>
/// A run that version 0.1 began: its journal knows no waves and no times, each step has a checkpoint, and rollouts lie in one file a step.
/// </summary>
[Trait("Contract", "C3")]
public sealed class FormerVersionTests(LeftAlone leftAlone) : IClassFixture<LeftAlone>
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_run_of_version_0_1_goes_on_to_the_end_of_one_that_this_version_made_alone(int steps)
    {
        using var run = new FakeRun();
        await MakeAsync(run, steps);
        var before = File.ReadAllText(Path.Combine(run.Directory, "metrics.jsonl"));

        Assert.Equal(RunEnd.Finished, (await run.RunAsync(run.LedgerSetup(LeftAlone.Steps))).End);

        Assert.Equal(new StepNumber(steps), run.News.OfType<RunOpened>().Last().Committed);
        Assert.StartsWith(before, File.ReadAllText(Path.Combine(run.Directory, "metrics.jsonl")), StringComparison.Ordinal);
        var result = run.Result();
        for (var step = 1; step <= steps; step++)
        {
            // Nobody needs its rollouts, but they are the user's.
            Assert.True(result.Remove($"rollouts/step-{step:D6}.jsonl", out var old));
            Assert.Equal($"rollouts of step {step}", old);
        }
        Assert.Equal(leftAlone.Result.Where(file => !IsRolloutUpTo(steps, file.Key)), result);
    }

    private static bool IsRolloutUpTo(int steps, string file) =>
        file.StartsWith("rollouts/step-", StringComparison.Ordinal) && int.Parse(file["rollouts/step-".Length..][..6]) <= steps;

    /// <summary>Lays down what version 0.1 would have left after some steps.</summary>
    private static async Task MakeAsync(FakeRun run, int steps)
    {
        using var made = new FakeRun();
        await made.CutOffAsync(made.Setup(LeftAlone.Steps), steps + 1, wave: 1);
        var events = SqliteJournal.Events(made.Directory).Select(happened => happened.Event)
            .Where(happened => happened is RunStarted or StepCommitted or GroupDropped or Evaluated)
            .Select(happened => happened with { At = null }).ToArray();
        Assert.Equal(steps, events.OfType<StepCommitted>().Count(step => step.Checkpoint is not null));
        Assert.DoesNotContain(events, happened => Encoding.UTF8.GetString(RunEventSerializer.Write(happened)).Contains("\"at\"", StringComparison.Ordinal));

        made.CopyTo(run);
        foreach (var journal in Directory.GetFiles(run.Directory, "journal.db*")) File.Delete(journal);
        Directory.Delete(Path.Combine(run.Directory, "rollouts"), recursive: true);
        Directory.CreateDirectory(Path.Combine(run.Directory, "rollouts"));
        for (var step = 1; step <= steps; step++)
            File.WriteAllText(Path.Combine(run.Directory, "rollouts", $"step-{step:D6}.jsonl"), $"rollouts of step {step}");

        using var system = ActorSystem.Create("former", ActorSystemConfig.Build(new JournalSettings(), run.Directory, "OFF"));
        var written = new TaskCompletionSource();
        var name = RunCoordinator.PersistenceIdOf(new RunId(File.ReadAllText(Path.Combine(run.Directory, "run.id"))));
        system.ActorOf(Props.Create(() => new Writer(name, events, written)));
        await written.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await system.Terminate();
        Assert.Equal(events.Length, SqliteJournal.Events(run.Directory).Count);
    }

    private sealed class Writer : ReceivePersistentActor
    {
        public Writer(string name, RunEvent[] events, TaskCompletionSource written)
        {
            PersistenceId = name;
            Recover<RecoveryCompleted>(_ => PersistAll(events, happened =>
            {
                if (ReferenceEquals(happened, events[^1])) written.SetResult();
            }));
        }

        public override string PersistenceId { get; }
    }
}
