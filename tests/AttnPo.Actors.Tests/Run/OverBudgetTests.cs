using System.Text.Json;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What a run makes of a grader that does not come back.</summary>
[Trait("Contract", "C5")]
public sealed class OverBudgetTests : IDisposable
{
    private readonly FakeRun _run = new();
    private readonly ManualResetEventSlim _letGo = new();

    [Fact]
    public async Task A_response_that_the_grader_hangs_on_costs_a_run_that_response_and_its_likes_alone()
    {
        // Once in the evaluation before the first step, whose gold answers are those of the held-out prompts, and once in a step.
        var (inEvaluation, inStep) = (0, 0);
        var outcome = await _run.RunAsync(Setup(TimeSpan.FromSeconds(2), gold =>
            gold.Length == 4 ? Interlocked.Increment(ref inEvaluation) == 1 : Interlocked.Increment(ref inStep) == 1));

        Assert.Equal(RunEnd.Finished, outcome.End);
        Assert.Empty(_run.News.OfType<WorkRetried>());
        Assert.Equal(1, _run.News.OfType<EvaluationFinished>().First().Metrics["eval/failed"]);
        var metrics = _run.News.OfType<StepFinished>().Select(step => step.Metrics).ToArray();
        Assert.All(metrics, step => Assert.Equal(0, step["rollout/failed"]));
        Assert.All(metrics.Skip(1), step => Assert.Equal(0, step["rollout/over_budget"]));

        // The group may hold the same response again: that is known for poison.
        var rollouts = Directory.GetFiles(Path.Combine(_run.Directory, "rollouts", "step-000001"), "*-judgement-*").SelectMany(File.ReadLines)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(rollout => rollout.GetProperty("verdict").GetString() == "over_budget").ToArray();
        Assert.StartsWith("First, a= ", Assert.Single(rollouts.Select(rollout => rollout.GetProperty("response").GetString()).Distinct()));
        Assert.All(rollouts, rollout => Assert.False(rollout.GetProperty("counted").GetBoolean()));
        Assert.Equal(rollouts.Length / 24.0, metrics[0]["rollout/over_budget"]);
    }

    [Fact]
    public async Task A_grader_that_hangs_on_everything_ends_the_run_with_what_is_stuck_and_what_to_do()
    {
        var setup = Setup(EndlessReading.Budget, gold => gold.Length < 4);
        var outcome = await _run.RunAsync(setup with { Run = setup.Run with { RestartBudget = 1 } });

        Assert.Equal((RunEnd.Failed, new StepNumber(0)), (outcome.End, outcome.Step));
        Assert.Contains("Step 1 failed 2 times, the last time in RewardVerifier: VerificationStuckException", outcome.Message);
        Assert.Contains("4 verifications outlived their budget and still run, so no other is begun: rollout 1/", outcome.Message);
        Assert.Contains("must be mended", outcome.Message);
    }

    public void Dispose()
    {
        _letGo.Set();
        _run.Dispose();
    }

    private RunSetup Setup(TimeSpan budget, Func<string, bool> hangs) => _run.Setup() with
    {
        RewardVerifier = new RewardVerifierSettings { Budget = budget },
        Reader = new ResponseReader(
            FakeTask.Tokenizer, PhraseTable.Official, new SegmentationSettings(5, 2), new MathVerifier(new HangingGrader(_letGo, hangs))),
    };

    private sealed class HangingGrader(ManualResetEventSlim letGo, Func<string, bool> hangs) : IAnswerGrader
    {
        public Grade Compare(string gold, string answer)
        {
            if (hangs(gold)) letGo.Wait();
            return Grade.Of(gold == answer, "as written");
        }
    }
}
