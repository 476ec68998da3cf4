using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Actors.Protocol;

/// <summary>
/// Between neighbouring stages. Demand goes up, waves come down; a stage sends a wave only against demand. Messages carry arrays and
/// ids, never tensors.
/// </summary>
internal static class WaveProtocol
{
    /// <summary>A wave on its way.</summary>
    public interface IWave
    {
        /// <summary>The try at the step that it belongs to.</summary>
        StepAttempt Attempt { get; }

        /// <summary>The wave.</summary>
        WaveId Id { get; }
    }

    /// <summary>Downstream can take so many more waves.</summary>
    public sealed record Demand(StepAttempt Attempt, int Waves);

    /// <summary>PromptSampler to Generator: the prompts of a wave.</summary>
    /// <param name="Attempt">The try at the step.</param>
    /// <param name="Id">The wave.</param>
    /// <param name="Groups">What to generate.</param>
    /// <param name="Dropped">Groups that ended here; they travel along, so that the step can account for each.</param>
    public sealed record SampledWave(
        StepAttempt Attempt, WaveId Id, IReadOnlyList<SampledGroup> Groups, IReadOnlyList<GroupOutcome> Dropped) : IWave;

    /// <summary>
    /// Any stage to the coordinator: how far a wave has come, and in which file its results lie. A stage tells it before it passes the
    /// wave on; what the coordinator knows already it passes over.
    /// </summary>
    public sealed record WaveRecorded(StepAttempt Attempt, RunEvent Progress);

    /// <summary>Generator to RewardVerifier: the rollouts, stamped with the policy that wrote them.</summary>
    public sealed record GeneratedWave(
        StepAttempt Attempt, WaveId Id, PolicyVersion Policy, IReadOnlyList<GeneratedGroup> Groups, IReadOnlyList<GroupOutcome> Dropped,
        BlobRecord Rollouts, TimeSpan Generating) : IWave;

    /// <summary>RewardVerifier to AttentionScorer: verdicts, rewards, advantages.</summary>
    public sealed record JudgedWave(
        StepAttempt Attempt, WaveId Id, PolicyVersion Policy, IReadOnlyList<JudgedGroup> Groups, IReadOnlyList<GroupOutcome> Dropped,
        TimeSpan Generating, TimeSpan Verifying) : IWave
    {
        /// <summary>Step credit as the ledger has it, a list a group; null: it is still to be given.</summary>
        public IReadOnlyList<ScoredGroup>? Recalled { get; init; }
    }

    /// <summary>AttentionScorer to Optimizer: what the pass that trains is to read of attention.</summary>
    public sealed record PlannedWave(
        StepAttempt Attempt, WaveId Id, PolicyVersion Policy, IReadOnlyList<PlannedGroup> Groups, IReadOnlyList<GroupOutcome> Dropped,
        IReadOnlyList<HeadId> Heads, TimeSpan Generating, TimeSpan Verifying) : IWave
    {
        /// <summary>Step credit as the ledger has it; null: it is still to be given.</summary>
        public RecalledCredit? Recalled { get; init; }
    }

    /// <summary>A wave with the credit of each step: all that its gradient needs.</summary>
    public sealed record ScoredWave(
        StepAttempt Attempt, WaveId Id, PolicyVersion Policy, IReadOnlyList<ScoredGroup> Groups, IReadOnlyList<GroupOutcome> Dropped,
        BlobRecord Judgement, TimeSpan Generating, TimeSpan Verifying, TimeSpan Scoring) : IWave;

    /// <summary>A prompt as the generator needs it.</summary>
    /// <param name="Id">The group.</param>
    /// <param name="Position">Place in the endless reading of the prompt set; part of every draw, so that a prompt read again draws anew.</param>
    /// <param name="Prompt">Text and gold answer.</param>
    /// <param name="Tokens">The text's token ids.</param>
    public sealed record SampledGroup(GroupId Id, long Position, Prompt Prompt, int[] Tokens);

    /// <summary>A prompt's completions, in the order of the samples.</summary>
    public sealed record GeneratedGroup(SampledGroup Source, IReadOnlyList<Completion> Completions);

    /// <summary>The completions read and assessed.</summary>
    /// <param name="Source">Prompt and completions.</param>
    /// <param name="Readings">Text, verdict and steps of each.</param>
    /// <param name="Labels">Essential or redundant, for each step of each, where the task knows.</param>
    /// <param name="Credit">Rewards and advantages.</param>
    public sealed record JudgedGroup(
        GeneratedGroup Source, IReadOnlyList<ReadResponse> Readings, IReadOnlyList<IReadOnlyList<StepLabel>>? Labels, GroupCredit Credit)
    {
        /// <summary>Whether any rollout is worth more than another: only then is there something to train on.</summary>
        public bool HasSignal => Credit.Advantages.Any(advantage => advantage != 0);
    }

    /// <summary>The group with what is to be scored; null for a rollout that is not rescaled.</summary>
    public sealed record PlannedGroup(JudgedGroup Source, IReadOnlyList<StepPlan?> Plans);

    /// <summary>How the steps of a response are scored.</summary>
    /// <param name="Baseline">The score that will part essential from redundant.</param>
    /// <param name="Scores">Of each step, where they are known; null: attention is read.</param>
    public sealed record StepPlan(double Baseline, double[]? Scores);

    /// <summary>What the ledger holds of a wave's credit.</summary>
    /// <param name="Groups">Step credit, in the order of the groups.</param>
    /// <param name="Judgement">The file that holds it.</param>
    /// <param name="Scoring">How long it took.</param>
    public sealed record RecalledCredit(IReadOnlyList<ScoredGroup> Groups, BlobRecord Judgement, TimeSpan Scoring);

    /// <summary>The group with step credit; null for a rollout that is not rescaled.</summary>
    public sealed record ScoredGroup(JudgedGroup Source, IReadOnlyList<StepCredit?> StepCredit);

    /// <summary>What the steps of a response are worth.</summary>
    /// <param name="Scores">Attention that the answer pays to each step.</param>
    /// <param name="Baseline">The score that parts essential from redundant.</param>
    /// <param name="Factors">gamma of each step.</param>
    public sealed record StepCredit(double[] Scores, double Baseline, double[] Factors);
}
