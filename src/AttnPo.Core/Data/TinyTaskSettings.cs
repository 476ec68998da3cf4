namespace AttnPo.Core.Data;

/// <summary>Which redundant lines the teacher writes.</summary>
public enum RedundantLines
{
    /// <summary>
    /// All kinds: sums, inverses and definitions again. No value stands beside its name but in the line that computed it, so the
    /// answer has one place to look.
    /// </summary>
    All,

    /// <summary>
    /// Values of earlier variables alone, <c>c=4</c>: exercises in looking a value up by its name, which a model must learn first.
    /// </summary>
    Values,
}

/// <summary>What the tiny task's programs look like and how much its teacher overthinks them.</summary>
public sealed record TinyTaskSettings
{
    /// <summary>The most variables a program can name: one letter each.</summary>
    internal const int MostVariables = 26;

    /// <summary>The easy start of a curriculum: one to three operations and little redundancy.</summary>
    public static TinyTaskSettings Easy { get; } = new() { MinOperations = 1, MaxOperations = 3, Redundancy = 0.5 };

    /// <summary>The fewest operations between the constant and the value that is asked for.</summary>
    public int MinOperations { get; init; } = 4;

    /// <summary>The most operations between the constant and the value that is asked for.</summary>
    public int MaxOperations { get; init; } = 6;

    /// <summary>The teacher's mean count of redundant lines for each essential one; 4 makes 80 % of its steps redundant.</summary>
    public double Redundancy { get; init; } = 4;

    /// <summary>Which redundant lines the teacher writes.</summary>
    public RedundantLines Lines { get; init; } = RedundantLines.All;

    /// <summary>How many variables a program defines that its answer does not need.</summary>
    public int Distractors { get; init; }

    /// <summary>How many prompts there are to train on.</summary>
    public int TrainCount { get; init; } = 100_000;

    /// <summary>How many prompts are held out.</summary>
    public int HeldOutCount { get; init; } = 2_000;

    /// <summary>Throws where a value is out of its range.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinOperations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOperations, MinOperations);
        ArgumentOutOfRangeException.ThrowIfNegative(Distractors);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxOperations, MostVariables - 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Distractors, MostVariables - 1 - MaxOperations);
        if (!double.IsFinite(Redundancy) || Redundancy < 0)
            throw new ArgumentOutOfRangeException(nameof(Redundancy), Redundancy, "The redundancy must be a number of at least 0.");
        ArgumentOutOfRangeException.ThrowIfNegative(TrainCount);
        ArgumentOutOfRangeException.ThrowIfNegative(HeldOutCount);
    }
}
