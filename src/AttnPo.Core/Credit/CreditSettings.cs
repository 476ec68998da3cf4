using System.Runtime.CompilerServices;

namespace AttnPo.Core.Credit;

/// <summary>
/// Everything that decides which token gets how much credit. The methods are settings of one code path: they differ here and
/// nowhere else. A value out of its range is refused when it is set.
/// </summary>
public sealed record CreditSettings
{
    /// <summary>The name under which these settings were made; decides nothing by itself.</summary>
    public required Method Method { get; init; }

    /// <summary>The outcome reward.</summary>
    public required OutcomeRewardKind Reward { get; init; }

    /// <summary>The group advantage.</summary>
    public required AdvantageKind Advantage { get; init; }

    /// <summary>Whether the advantage is rescaled step by step.</summary>
    public required bool StepCredit { get; init; }

    /// <summary>a: the largest share of its reward that a correct response can lose by its length, 0 to 1.</summary>
    public double LengthPenalty { get; init => field = Within(value, 0, 1); } = 0.2;

    /// <summary>Exponent of the group's correct share in the baseline, 0 or more.</summary>
    public double Beta { get; init => field = Within(value, 0, double.MaxValue); } = 2;

    /// <summary>Exponent of the group's correct share in the attenuation, 0 or more.</summary>
    public double Lambda { get; init => field = Within(value, 0, double.MaxValue); } = 2;

    /// <summary>Floor of the attenuation factor, 0 to 1.</summary>
    public double Delta { get; init => field = Within(value, 0, 1); }

    /// <summary>Steps that attenuation waits for a group that nobody solved; one that all solved waits for none. 0 or more.</summary>
    public double Delay { get; init => field = Within(value, 0, double.MaxValue); } = 1000;

    /// <summary>The form of the attenuation.</summary>
    public RescalingForm Form { get; init; } = RescalingForm.Reference;

    /// <summary>Whether redundant steps of responses with a positive advantage are attenuated.</summary>
    public bool PositiveGate { get; init; } = true;

    /// <summary>Whether essential steps of responses with a negative advantage are protected.</summary>
    public bool NegativeGate { get; init; } = true;

    /// <summary>Whether truncated responses are left out of group statistics rather than counted as wrong.</summary>
    public bool ExcludeTruncated { get; init; }

    /// <summary>The settings that a method's name stands for.</summary>
    public static CreditSettings For(Method method) => method switch
    {
        Method.AttnPo => Make(method, OutcomeRewardKind.Tlmre, AdvantageKind.Rloo, stepCredit: true),
        Method.Tlmre => Make(method, OutcomeRewardKind.Tlmre, AdvantageKind.Rloo, stepCredit: false),
        Method.Rloo => Make(method, OutcomeRewardKind.Correctness, AdvantageKind.Rloo, stepCredit: false),
        Method.Grpo => Make(method, OutcomeRewardKind.Correctness, AdvantageKind.Grpo, stepCredit: false),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Known methods: attnpo, tlmre, grpo, rloo."),
    };

    private static CreditSettings Make(Method method, OutcomeRewardKind reward, AdvantageKind advantage, bool stepCredit) =>
        new() { Method = method, Reward = reward, Advantage = advantage, StepCredit = stepCredit };

    private static double Within(double value, double least, double most, [CallerMemberName] string name = "") =>
        value >= least && value <= most
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"Expected a number from {least} to {most}.");
}
