using Akka.Actor;
using Akka.Persistence;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Faults;

/// <summary>The journal is a real SQLite file.</summary>
public sealed class FaultyJournalTests
{
    [Fact]
    public async Task A_write_that_the_plan_lets_fail_reaches_its_actor_as_a_failure_and_leaves_nothing_in_the_journal()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["log"]);
        var plan = new FaultPlan([new Fault { Point = FaultPoint.Journal, Action = FaultAction.Throw, After = 1 }]);

        Assert.Equal(["recovered", "kept a", "failed b: A fault was injected at journal."], await WriteAsync(folder.Path, plan, "a", "b"));
        Assert.Equal(["recovered a", "kept c"], await WriteAsync(folder.Path, FaultPlan.None, "c"));
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task A_run_whose_journal_fails_again_and_again_ends_with_the_reason_and_goes_on_at_the_next_start()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var plan = new FaultPlan([new Fault { Point = FaultPoint.Journal, Action = FaultAction.Throw, After = 3, Times = Fault.Always }]);

        var outcome = await run.RunAsync(run.Setup() with { Faults = plan, AkkaLogLevel = "OFF" });

        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains("The journal could not be written: A fault was injected at journal.", outcome.Message, StringComparison.Ordinal);
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync()).End);
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public void Where_no_fault_waits_at_the_journal_it_is_the_usual_one()
    {
        FaultPlan elsewhere = new([new Fault { Point = FaultPoint.Commit, Action = FaultAction.Throw }]);
        var usual = ActorSystemConfig.Build(new JournalSettings(), "run", "OFF");
        Assert.StartsWith("Akka.Persistence.Sql.", usual.GetString("akka.persistence.journal.sql.class"), StringComparison.Ordinal);
        var withFaults = ActorSystemConfig.Build(new JournalSettings(), "run", "OFF", elsewhere);
        Assert.Equal(usual.ToString(includeFallback: true), withFaults.ToString(includeFallback: true));
    }

    /// <summary>What a persistent actor tells of writing these events, one after the other.</summary>
    private static async Task<IReadOnlyList<string>> WriteAsync(string directory, FaultPlan plan, params string[] events)
    {
        var told = new List<string>();
        using var system = ActorSystem.Create("journal", ActorSystemConfig.Build(new JournalSettings(), directory, "OFF", plan));
        JournalFaults.Register(system, plan);
        var done = new TaskCompletionSource();
        system.ActorOf(Props.Create(() => new Writer(events, told, done)));
        await done.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await system.Terminate();
        return told;
    }

    private sealed class Writer : ReceivePersistentActor
    {
        private readonly List<string> _told;
        private readonly TaskCompletionSource _done;

        public Writer(string[] events, List<string> told, TaskCompletionSource done)
        {
            (_told, _done) = (told, done);
            var recovered = "recovered";
            Recover<string>(happened => recovered += " " + happened);
            Recover<RecoveryCompleted>(_ =>
            {
                told.Add(recovered);
                WriteNext(events);
            });
        }

        public override string PersistenceId => "writer";

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
        {
            _told.Add($"failed {@event}: {cause.Message}");
            _done.SetResult();
        }

        private void WriteNext(string[] events)
        {
            if (events is not [var next, .. var others]) _done.SetResult();
            else
                Persist(next, happened =>
                {
                    _told.Add($"kept {happened}");
                    WriteNext(others);
                });
        }
    }
}
