namespace AttnPo.Core.Data;

/// <summary>A fixed list of prompts. Reading is free of side effects: the same index always gives the same prompt.</summary>
public interface IPromptSet
{
    /// <summary>How many prompts there are.</summary>
    int Count { get; }

    /// <summary>The prompt at an index from 0 to <see cref="Count"/> - 1.</summary>
    Prompt this[int index] { get; }
}
