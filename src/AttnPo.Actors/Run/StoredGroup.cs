using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>A group as the files of its wave have it.</summary>
/// <param name="Id">The group.</param>
/// <param name="Position">Place of its prompt in the endless reading of the prompt set.</param>
/// <param name="Prompt">Text and gold answer.</param>
/// <param name="PromptTokens">The text's token ids.</param>
/// <param name="Policy">The version that wrote its rollouts.</param>
/// <param name="Rollouts">In the order of the samples.</param>
public sealed record StoredGroup(
    GroupId Id, long Position, Prompt Prompt, IReadOnlyList<int> PromptTokens, PolicyVersion Policy, IReadOnlyList<StoredRollout> Rollouts);

/// <summary>A rollout.</summary>
/// <param name="Completion">Its tokens and their log-probabilities.</param>
/// <param name="Judgement">Null: its wave is not judged yet.</param>
public sealed record StoredRollout(Completion Completion, StoredJudgement? Judgement);

/// <summary>What a rollout came to.</summary>
/// <param name="Response">Text, verdict and answer.</param>
/// <param name="Reward">Of the outcome.</param>
/// <param name="Advantage">Within its group.</param>
/// <param name="Counted">Whether it takes part in its group's statistics.</param>
/// <param name="Baseline">The score that parts essential from redundant; null: its steps are not rescaled.</param>
/// <param name="Steps">Of its reasoning.</param>
public sealed record StoredJudgement(
    ReadResponse Response, double Reward, double Advantage, bool Counted, double? Baseline, IReadOnlyList<StoredStep> Steps);

/// <summary>What a step of the reasoning came to.</summary>
/// <param name="Step">Its place in the text, its class and its phrase.</param>
/// <param name="Tokens">Its place among the tokens.</param>
/// <param name="Score">Attention that the answer pays to it; null: it was not scored.</param>
/// <param name="Factor">By which its advantage was multiplied.</param>
/// <param name="Mark">What that did to it; null: it was not scored.</param>
/// <param name="Label">What the task knows of it; null: nothing.</param>
public sealed record StoredStep(Step Step, TokenSpan Tokens, double? Score, double Factor, StepMark? Mark, StepLabel? Label);

/// <summary>What step credit did to a step.</summary>
public enum StepMark
{
    /// <summary>It has the advantage of its response.</summary>
    Kept,

    /// <summary>It earns less than its response: a redundant step of a good one.</summary>
    Attenuated,

    /// <summary>It loses nothing: an essential step of a long response.</summary>
    Protected,
}
