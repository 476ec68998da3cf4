using AttnPo.Core.Steps;

namespace AttnPo.Core.Data;

/// <summary>Whether a step was needed for the answer.</summary>
public enum StepLabel
{
    /// <summary>The answer rests on this step.</summary>
    Essential,

    /// <summary>The answer would stand without this step.</summary>
    Redundant,
}

/// <summary>A task that knows which steps of a response its answer needs.</summary>
public interface IStepLabels
{
    /// <summary>A label for each of a response's steps, whatever text a model has written.</summary>
    IReadOnlyList<StepLabel> Label(Prompt prompt, string response, IReadOnlyList<Step> steps);

    /// <summary>How many of the things that the answer needs are established nowhere in the response's reasoning.</summary>
    int MissingEssentials(Prompt prompt, string response);
}
