using System.Collections.Concurrent;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>A run of nine steps with checkpoints at 3, 6 and 9, of which somebody wants another one. It ends as one left alone.</summary>
[Trait("Contract", "C7")]
public sealed class CheckpointRequestTests : IClassFixture<LeftAlone>, IDisposable
{
    private readonly LeftAlone _leftAlone;
    private readonly FakeRun _run = new();
    private readonly Gate _gate = new();
    private readonly ConcurrentQueue<long> _saved = new();

    public CheckpointRequestTests(LeftAlone leftAlone)
    {
        _leftAlone = leftAlone;
        _run.Engine.AfterSave = _saved.Enqueue;
    }

    [Fact]
    public async Task While_a_step_is_under_way_the_step_before_it_gets_a_checkpoint()
    {
        _run.HoldUp(_gate, step: 5, wave: 2);
        await using var run = Start();
        await _gate.ReachedAsync();
        AssertLies(4, await run.CheckpointAsync());
        Assert.EndsWith(" 4", File.ReadAllText(Path.Combine(FolderOf(4), "optimizer.txt")), StringComparison.Ordinal);
        Assert.Equal(new StepNumber(4), (await run.StatusAsync()).Checkpoint);
        _gate.Open();
        await AssertEndsAsLeftAloneAsync(run);
        Assert.Equal([3, 4, 6, 9], _saved);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task All_who_ask_before_it_lies_there_get_the_same_one()
    {
        var updates = 0;
        _run.Engine.OnUpdate = _ => updates++;
        _run.Engine.OnAccumulate = _ =>
        {
            if (updates == 4) _gate.Pass();
        };
        await using var run = Start();
        await _gate.ReachedAsync();
        var asked = Enumerable.Range(0, 3).Select(_ => run.CheckpointAsync()).ToArray();
        // Answered after the requests, which came first.
        await run.StatusAsync();
        Assert.DoesNotContain(asked, answer => answer.IsCompleted);
        _gate.Open();
        foreach (var answer in asked) AssertLies(4, await answer.WaitAsync(TimeSpan.FromMinutes(1)));
        await AssertEndsAsLeftAloneAsync(run);
        Assert.Equal([3, 4, 6, 9], _saved);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task A_request_that_an_update_overtakes_is_answered_with_the_checkpoint_of_its_commit_which_is_written_once()
    {
        _run.Engine.OnUpdate = version =>
        {
            if (version == 5) _gate.Pass();
        };
        await using var run = Start();
        await _gate.ReachedAsync();
        var asked = run.CheckpointAsync();
        await run.StatusAsync();
        _gate.Open();
        AssertLies(6, await asked.WaitAsync(TimeSpan.FromMinutes(1)));
        await AssertEndsAsLeftAloneAsync(run);
        Assert.Equal([3, 6, 9], _saved);
    }

    [Fact]
    public async Task A_request_that_the_update_of_a_step_without_a_checkpoint_overtakes_is_answered_with_one_of_that_step()
    {
        _run.Engine.OnUpdate = version =>
        {
            if (version == 4) _gate.Pass();
        };
        await using var run = Start();
        await _gate.ReachedAsync();
        var asked = run.CheckpointAsync();
        await run.StatusAsync();
        _gate.Open();
        AssertLies(5, await asked.WaitAsync(TimeSpan.FromMinutes(1)));
        await AssertEndsAsLeftAloneAsync(run);
        Assert.Equal([3, 5, 6, 9], _saved);
    }

    [Fact]
    public async Task A_paused_run_writes_it_and_stays_paused()
    {
        await using var run = await PausedInStepAsync(5);
        AssertLies(4, await run.CheckpointAsync());
        Assert.EndsWith(" 4", File.ReadAllText(Path.Combine(FolderOf(4), "optimizer.txt")), StringComparison.Ordinal);
        await run.ReachAsync("Paused");
        Assert.Equal(new StepNumber(4), (await run.StatusAsync()).Checkpoint);
        Assert.False(run.Completion.IsCompleted);
        await run.ResumeAsync();
        await AssertEndsAsLeftAloneAsync(run);
    }

    [Fact]
    public async Task What_was_asked_for_while_the_run_drained_is_written_in_the_pause()
    {
        _run.Engine.OnUpdate = version =>
        {
            if (version == 4) _gate.Pass();
        };
        await using var run = Start();
        await _gate.ReachedAsync();
        await run.PauseAsync();
        var asked = run.CheckpointAsync();
        await run.StatusAsync();
        _gate.Open();
        AssertLies(5, await asked.WaitAsync(TimeSpan.FromMinutes(1)));
        await run.ReachAsync("Paused");
        await run.ResumeAsync();
        await AssertEndsAsLeftAloneAsync(run);
    }

    [Theory]
    [Trait("Contract", "C3")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_started_again_while_paused_trains_the_ledger_again_for_it_and_then_nothing_is_left_to_train(bool atOnce)
    {
        await using (await PausedInStepAsync(6))
        {
            // Its process ends here.
        }
        await using (var run = StartAnew())
        {
            if (!atOnce) await run.ReachAsync("Paused");
            AssertLies(5, await run.CheckpointAsync().WaitAsync(TimeSpan.FromMinutes(1)));
            await run.ReachAsync("Paused");
            await run.StopAsync();
            Assert.Equal([4, 5], _run.News.OfType<StepReplayed>().Select(step => step.Step.Value));
            Assert.All(_run.News.OfType<StepReplayed>(), step => Assert.Null(step.Difference));
        }

        _run.News.Clear();
        await using var resumed = StartAnew();
        await resumed.ResumeAsync();
        await AssertEndsAsLeftAloneAsync(resumed);
        Assert.Empty(_run.News.OfType<StepReplayed>());
    }

    [Fact]
    public async Task Where_the_last_step_has_one_already_that_is_the_answer()
    {
        _run.HoldUp(_gate, step: 7, wave: 1);
        await using var run = Start();
        await _gate.ReachedAsync();
        AssertLies(6, await run.CheckpointAsync());
        _gate.Open();
        await AssertEndsAsLeftAloneAsync(run);
        Assert.Equal([3, 6, 9], _saved);
    }

    [Fact]
    public async Task Before_the_first_step_there_is_nothing_to_write()
    {
        _run.HoldUp(_gate, step: 1, wave: 1);
        await using var run = Start();
        await _gate.ReachedAsync();
        var reply = await run.CheckpointAsync();
        Assert.False(reply.Done);
        Assert.StartsWith("No step is committed yet", reply.Message, StringComparison.Ordinal);
        _gate.Open();
        await AssertEndsAsLeftAloneAsync(run);
    }

    [Fact]
    [Trait("Contract", "C4")]
    public async Task A_run_that_ends_or_has_ended_says_so_instead_of_keeping_who_asks_waiting()
    {
        _run.Engine.OnUpdate = version =>
        {
            if (version == 4) _gate.Pass();
        };
        // The disk is full from the checkpoint of step 3 on.
        await using var run = Start();
        await _gate.ReachedAsync();
        _run.Engine.AfterSave = _ => throw new IOException("no room");
        var asked = run.CheckpointAsync();
        await run.StatusAsync();
        _gate.Open();
        var refused = await asked.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.False(refused.Done);
        Assert.Contains("no room", refused.Message);
        Assert.Contains("no room", (await run.Completion.WaitAsync(TimeSpan.FromMinutes(1))).Message);
        Assert.Equal(new RunReply(false, "The run has ended."), await run.CheckpointAsync());
    }

    public void Dispose()
    {
        _gate.Dispose();
        _run.Dispose();
    }

    private TrainingRun Start() => TrainingRun.Start(_run.LedgerSetup(LeftAlone.Steps));

    private TrainingRun StartAnew()
    {
        _run.Engine = new FakeEngine(FakeTask.Tokenizer);
        return Start();
    }

    private async Task<TrainingRun> PausedInStepAsync(int step)
    {
        _run.HoldUp(_gate, step, wave: 2);
        var run = Start();
        await _gate.ReachedAsync();
        await run.PauseAsync();
        _gate.Open();
        await run.ReachAsync("Paused");
        return run;
    }

    private string FolderOf(int step) => Path.Combine(_run.Directory, "checkpoints", $"step-{step:D6}");

    private void AssertLies(int step, RunReply reply) => Assert.Equal(new RunReply(true, $"Step {step} lies in {FolderOf(step)}."), reply);

    private async Task AssertEndsAsLeftAloneAsync(TrainingRun run)
    {
        Assert.Equal(RunEnd.Finished, (await run.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal(_leftAlone.Result, _run.Result());
    }
}
