namespace AttnPo.Host.Comparison;

/// <summary>One way of giving credit that is compared with others from the same start: a name and the settings that make it.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Settings">KEY=VALUE, laid over the run's configuration.</param>
/// <param name="Meaning">One line for the report.</param>
internal sealed record Variant(string Name, IReadOnlyList<string> Settings, string Meaning)
{
    /// <summary>The variants that can be asked for by name.</summary>
    public static IReadOnlyList<Variant> Known { get; } =
    [
        new("attnpo", ["method=attnpo"], "length penalty, step credit by attention, both gates"),
        new("tlmre", ["method=tlmre"], "length penalty on whole responses, no step credit"),
        new("rloo", ["method=rloo"], "correctness alone, no length penalty"),
        new("positive-gate", ["method=attnpo", "credit.negative-gate=off"], "only redundant steps of good responses are attenuated"),
        new("negative-gate", ["method=attnpo", "credit.positive-gate=off"], "only essential steps of long responses are protected"),
        new("true-labels", ["method=attnpo", "credit.scores=labels"], "the task's own labels in place of attention scores"),
    ];

    /// <summary>The variants of a comma-separated list.</summary>
    /// <exception cref="ArgumentException">A name is not known; the message lists those that are.</exception>
    public static IReadOnlyList<Variant> Parse(string names) =>
        [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name =>
            Known.FirstOrDefault(v => v.Name == name)
            ?? throw new ArgumentException($"no variant is called '{name}'; known: {string.Join(", ", Known.Select(v => v.Name))}"))];
}
