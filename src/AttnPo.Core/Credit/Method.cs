namespace AttnPo.Core.Credit;

/// <summary>A named choice of reward, advantage and step credit; <see cref="CreditSettings.For"/> spells each out.</summary>
public enum Method
{
    /// <summary>Length-penalised reward, leave-one-out advantage, attention-guided step credit.</summary>
    AttnPo,

    /// <summary>Length-penalised reward, leave-one-out advantage, no step credit.</summary>
    Tlmre,

    /// <summary>Correctness alone, advantage relative to the group and divided by its standard deviation.</summary>
    Grpo,

    /// <summary>Correctness alone, leave-one-out advantage.</summary>
    Rloo,
}

/// <summary>What a response is worth by its outcome.</summary>
public enum OutcomeRewardKind
{
    /// <summary>1 when correct, else 0.</summary>
    Correctness,

    /// <summary>Correctness less a penalty that grows with the length relative to the group's correct responses.</summary>
    Tlmre,
}

/// <summary>How rewards of a group become advantages.</summary>
public enum AdvantageKind
{
    /// <summary>Reward less the mean reward of the others (leave one out).</summary>
    Rloo,

    /// <summary>Reward less the group's mean, divided by its sample standard deviation.</summary>
    Grpo,

    /// <summary>Reward less the group's mean.</summary>
    GrpoWithoutStd,
}

/// <summary>How the advantage of a redundant step in a good response is attenuated.</summary>
public enum RescalingForm
{
    /// <summary>The published code's: continuous where the score meets the baseline.</summary>
    Reference,

    /// <summary>The paper's: proportional to the score.</summary>
    Paper,
}
