namespace AttnPo.Actors.Protocol;

/// <summary>Between the coordinator and the Evaluator.</summary>
internal static class EvaluationProtocol
{
    /// <summary>Measure the policy on the held-out prompts.</summary>
    public sealed record Evaluate(StepAttempt Attempt, PolicyVersion Policy);

    /// <summary>So many waves of held-out prompts are measured.</summary>
    public sealed record EvaluationGoesOn(StepAttempt Attempt, int Done);

    /// <summary>Done.</summary>
    public sealed record EvaluationMeasured(StepAttempt Attempt, PolicyVersion Policy, IReadOnlyDictionary<string, double> Metrics);
}
