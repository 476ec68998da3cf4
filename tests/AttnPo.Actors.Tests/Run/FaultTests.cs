using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>A stage that throws costs its step's work and nothing else.</summary>
[Trait("Contract", "C3")]
public sealed class FaultTests
{
    [Theory]
    [InlineData("score")]
    [InlineData("accumulate")]
    [InlineData("update")]
    [InlineData("save")]
    public async Task A_step_in_which_the_engine_throws_is_made_again_and_comes_out_the_same(string call)
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var calls = 0;
        void Throw(string at, int when)
        {
            if (at == call && Interlocked.Increment(ref calls) == when) throw new IOException($"no more {at}");
        }
        run.Engine.OnScore = _ => Throw("score", 3);
        run.Engine.OnAccumulate = _ => Throw("accumulate", 4);
        run.Engine.OnUpdate = _ => Throw("update", 2);
        run.Engine.AfterSave = _ => Throw("save", 1);

        var outcome = await run.RunAsync();

        Assert.Equal(RunEnd.Finished, outcome.End);
        var retried = Assert.Single(run.News.OfType<WorkRetried>());
        Assert.Contains($"no more {call}", retried.Reason);
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task A_wave_at_which_the_generator_throws_is_generated_again_and_its_step_goes_on()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var calls = 0;
        run.Engine.OnGenerate = _ =>
        {
            if (Interlocked.Increment(ref calls) == 6) throw new IOException("no more");
        };

        Assert.Equal(RunEnd.Finished, (await run.RunAsync()).End);
        Assert.Empty(run.News.OfType<WorkRetried>());
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task A_stage_whose_own_code_throws_is_restarted_and_the_step_made_again()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();

        var outcome = await run.RunAsync(run.Setup() with { Labels = new LabelsThatThrowOnce(), Training = new PromptsThatThrowOnce() });

        Assert.Equal(RunEnd.Finished, outcome.End);
        Assert.Equal(["PromptSampler", "RewardVerifier"], run.News.OfType<WorkRetried>().Select(retried => retried.Stage).Order());
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task An_evaluation_that_throws_is_made_again()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var calls = 0;
        run.Engine.OnGenerate = request =>
        {
            if (request.Prompts.Count == 4 && Interlocked.Increment(ref calls) == 2) throw new IOException("no more");
        };

        Assert.Equal(RunEnd.Finished, (await run.RunAsync()).End);
        Assert.Equal("Evaluator", Assert.Single(run.News.OfType<WorkRetried>()).Stage);
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task A_step_that_fails_beyond_its_budget_stops_the_run_with_what_failed_and_what_to_do()
    {
        using var run = new FakeRun();
        run.Engine.OnUpdate = version =>
        {
            if (version == 2) throw new IOException("the device is gone");
        };

        var outcome = await run.RunAsync();

        Assert.Equal((RunEnd.Failed, new StepNumber(2)), (outcome.End, outcome.Step));
        Assert.Contains("Step 3 failed 4 times", outcome.Message);
        Assert.Contains("Optimizer: IOException: the device is gone", outcome.Message);
        Assert.Contains("start the same command again", outcome.Message);
        Assert.Equal(3, run.News.OfType<WorkRetried>().Count());

        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync()).End);
    }

    [Fact]
    public async Task Late_failures_of_an_attempt_that_was_given_up_cost_the_next_one_nothing()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        using var again = new ManualResetEventSlim();
        using var generating = new ManualResetEventSlim();
        var (scored, generated) = (0, 0);
        run.Engine.OnScore = _ =>
        {
            if (Interlocked.Increment(ref scored) != 1) return;
            generating.Wait();
            throw new IOException("no more scores");
        };
        run.Engine.OnGenerate = request =>
        {
            // The last wave of the first step fails when the step is already begun again.
            if (request is not { Step: 0, SamplesPerPrompt: 4 } || Interlocked.Increment(ref generated) < 4) return;
            generating.Set();
            again.Wait();
            if (generated == 4) throw new IOException("late");
        };
        var setup = run.Setup();
        var outcome = await run.RunAsync(setup with
        {
            Run = setup.Run with { RestartBudget = 1 },
            Observe = news =>
            {
                run.News.Enqueue(news);
                if (news is StepBegun { Attempt: 2 }) again.Set();
            },
        });

        Assert.Equal(RunEnd.Finished, outcome.End);
        Assert.Equal("Optimizer", Assert.Single(run.News.OfType<WorkRetried>()).Stage);
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task An_engine_that_cannot_be_made_ends_the_run_with_its_reason()
    {
        using var run = new FakeRun();
        var setup = run.Setup() with { CreateLearner = () => throw new FileNotFoundException("model.safetensors is missing") };
        var outcome = await run.RunAsync(setup);
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains("model.safetensors is missing", outcome.Message);
    }

    [Fact]
    [Trait("Contract", "C4")]
    public async Task A_wait_past_its_deadline_is_named_with_wave_and_holder()
    {
        using var run = new FakeRun();
        using var release = new ManualResetEventSlim();
        run.Engine.OnGenerate = request =>
        {
            if (request is { Step: 1, SamplesPerPrompt: 4 }) release.Wait();
        };
        var setup = run.Setup();
        await using var stalled = TrainingRun.Start(setup with { Run = setup.Run with { StallAfter = TimeSpan.FromMilliseconds(40) } });

        RunStatus status;
        do
        {
            await Task.Delay(10);
            status = await stalled.StatusAsync();
        }
        while (!status.Overdue.Any(wait => wait.Contains("wave 2/0 is at Generator since")));
        Assert.Equal("Stepping", status.State);
        Assert.Equal(new StepNumber(1), status.Step);
        Assert.Equal(6, status.Stages.Count);

        release.Set();
        Assert.Equal(RunEnd.Finished, (await stalled.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
    }

    [Fact]
    public async Task An_observer_that_throws_does_not_disturb_the_run()
    {
        using var run = new FakeRun();
        var setup = run.Setup() with { Observe = _ => throw new InvalidOperationException("broken observer"), AkkaLogLevel = "OFF" };
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(setup)).End);
    }

    [Fact]
    public async Task An_observer_that_stands_still_keeps_neither_the_run_nor_its_status_nor_a_stop_waiting()
    {
        using var run = new FakeRun();
        using var release = new ManualResetEventSlim();
        var setup = run.Setup();
        await using var watched = TrainingRun.Start(setup with
        {
            Observe = news =>
            {
                release.Wait();
                run.News.Enqueue(news);
            },
        });
        while ((await watched.StatusAsync()) is { State: not "Ended" }) await Task.Delay(10);
        Assert.Equal(new StepNumber(4), (await watched.StatusAsync()).Step);
        Assert.Empty(run.News);
        var stopped = watched.StopAsync();
        Assert.False(stopped.IsCompleted);

        release.Set();
        Assert.Equal(RunEnd.Finished, (await stopped.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal([1, 2, 3, 4], run.News.OfType<StepFinished>().Select(step => step.Step.Value));
        Assert.IsType<RunEnded>(run.News.Last());
    }

    private sealed class LabelsThatThrowOnce : IStepLabels
    {
        private readonly FakeTask _labels = new(1);
        private int _calls;

        public IReadOnlyList<StepLabel> Label(Prompt prompt, string response, IReadOnlyList<Step> steps) =>
            Interlocked.Increment(ref _calls) == 30 ? throw new InvalidOperationException("labels") : _labels.Label(prompt, response, steps);

        public int MissingEssentials(Prompt prompt, string response) => _labels.MissingEssentials(prompt, response);
    }

    private sealed class PromptsThatThrowOnce : IPromptSet
    {
        private readonly FakeTask _prompts = new(20);
        private int _calls;

        public int Count => _prompts.Count;

        public Prompt this[int index] =>
            Interlocked.Increment(ref _calls) == 15 ? throw new InvalidOperationException("prompts") : _prompts[index];
    }
}
