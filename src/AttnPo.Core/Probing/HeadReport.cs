namespace AttnPo.Core.Probing;

/// <summary>A set of heads grown by one.</summary>
/// <param name="Head">The head that came last, by its place among the scored heads.</param>
/// <param name="Choosing">Accuracy of the set's averaged score on the responses that chose it.</param>
/// <param name="Measured">Accuracy of the set's averaged score on the others.</param>
public sealed record SetAccuracy(int Head, double Choosing, RankingAccuracy Measured);

/// <summary>The sets of one size.</summary>
/// <param name="Count">Heads in each.</param>
/// <param name="Greedy">Grown by the head that helps the set most.</param>
/// <param name="TopK">The heads that are best alone.</param>
public sealed record CurvePoint(int Count, SetAccuracy Greedy, SetAccuracy TopK);

/// <summary>
/// What labelled responses say of all heads. Sets are chosen on those of every other prompt, from the first on, and measured on the rest, so
/// no figure of a set comes from the responses that chose it, its size included: the greedy set is cut where its accuracy on the
/// choosing half saturates (<see cref="HeadSelection.Saturation"/>, <see cref="Tolerance"/>). Single heads are measured on all responses.
/// </summary>
public sealed record HeadReport
{
    /// <summary>The largest set that is chosen unless asked otherwise: greedy sets saturate at 3 to 4 (method, section 3).</summary>
    public const int DefaultMostHeads = 4;

    /// <summary>What a further head must bring, in accuracy on the choosing half.</summary>
    public const double Tolerance = 0.002;

    /// <summary>Responses with a pair, and prompts, that halves need at least.</summary>
    public const int LeastResponses = 4;

    /// <summary>The largest set of the curves.</summary>
    public const int LongestCurve = 10;

    /// <summary>Responses with both essential and redundant steps.</summary>
    public required int Responses { get; init; }

    /// <summary>Responses given that have steps of one kind only and rank nothing.</summary>
    public required int Unranked { get; init; }

    /// <summary>Responses that chose the sets.</summary>
    public required int Choosing { get; init; }

    /// <summary>Responses that measured the sets.</summary>
    public required int Measuring { get; init; }

    /// <summary>
    /// Of each response given, those that rank nothing included, whether its prompt took no part in choosing: what is measured on these does
    /// not flatter the chosen heads.
    /// </summary>
    public required IReadOnlyList<bool> HeldOut { get; init; }

    /// <summary>Essential steps of the responses.</summary>
    public required long Essential { get; init; }

    /// <summary>Redundant steps of the responses.</summary>
    public required long Redundant { get; init; }

    /// <summary>Each head by itself, by its place among the scored heads, on all responses.</summary>
    public required IReadOnlyList<RankingAccuracy> Heads { get; init; }

    /// <summary>Sets of 1, 2, ... heads.</summary>
    public required IReadOnlyList<CurvePoint> Curves { get; init; }

    /// <summary>The chosen set, in the order in which heads were added.</summary>
    public required IReadOnlyList<int> Chosen { get; init; }

    /// <summary>The chosen set's averaged score, on the measuring half.</summary>
    public RankingAccuracy ChosenAccuracy => Curves[Chosen.Count - 1].Greedy.Measured;

    /// <summary>The head with the highest accuracy of its own; of equals the first.</summary>
    public int Best => Enumerable.Range(0, Heads.Count).MaxBy(head => Heads[head].Accuracy);

    /// <summary>Measures all heads and chooses a set; a function of responses and seed.</summary>
    /// <param name="responses">In a fixed order; those without a pair are counted and left out.</param>
    /// <param name="seed">Of the bootstrap's draws.</param>
    /// <param name="mostHeads">The largest set to choose.</param>
    /// <exception cref="ArgumentException">Fewer than <see cref="LeastResponses"/> have a pair, or responses differ in heads.</exception>
    public static HeadReport Of(IReadOnlyList<ProbedResponse> responses, ulong seed, int mostHeads = DefaultMostHeads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostHeads);
        ProbedResponse[] ranked = [.. responses.Where(response => response.HasPair)];
        if (ranked.Length < LeastResponses)
            throw new ArgumentException(
                $"{ranked.Length} of {responses.Count} responses have both essential and redundant steps; expected at least {LeastResponses}.",
                nameof(responses));

        var all = ScoreTable.Of(ranked);
        var prompts = ScoreTable.PromptsOf(ranked);
        if (prompts.Max() + 1 < LeastResponses)
            throw new ArgumentException(
                $"The responses with both essential and redundant steps are to {prompts.Max() + 1} prompts; heads are told apart from {LeastResponses} on.",
                nameof(responses));
        ProbedResponse[] choosers = [.. ranked.Where((_, i) => prompts[i] % 2 == 0)];
        var choosing = ScoreTable.Of(choosers);
        var measuring = ScoreTable.Of([.. ranked.Where((_, i) => prompts[i] % 2 == 1)]);
        var longest = Math.Max(LongestCurve, mostHeads);
        var greedy = HeadSelection.Greedy(choosing, longest);
        var (greedySets, topSets) = (Measure(measuring, greedy, seed), Measure(measuring, HeadSelection.TopK(choosing, longest), seed));
        return new HeadReport
        {
            Responses = ranked.Length,
            Unranked = responses.Count - ranked.Length,
            Choosing = choosing.Responses,
            Measuring = measuring.Responses,
            HeldOut = OthersThan(choosers, responses),
            Essential = ranked.Sum(response => (long)response.Essential.Count(isEssential => isEssential)),
            Redundant = ranked.Sum(response => (long)response.Essential.Count(isEssential => !isEssential)),
            Heads = Bootstrap.Of(all, [.. Enumerable.Range(0, all.Heads).Select(all.HalvesOfHead)], seed),
            Curves = [.. greedySets.Select((set, i) => new CurvePoint(i + 1, set, topSets[i]))],
            Chosen = [.. greedy.Take(HeadSelection.Saturation(greedy, mostHeads, Tolerance)).Select(pick => pick.Head)],
        };
    }

    private static bool[] OthersThan(ProbedResponse[] choosers, IReadOnlyList<ProbedResponse> responses)
    {
        // A response without a prompt is the only one to its own.
        var chose = choosers.Select(Key).ToHashSet();
        return [.. responses.Select(response => !chose.Contains(Key(response)))];

        static (string? Prompt, ProbedResponse? Alone) Key(ProbedResponse response) =>
            (response.Prompt, response.Prompt is null ? response : null);
    }

    private static SetAccuracy[] Measure(ScoreTable table, IReadOnlyList<HeadPick> picks, ulong seed)
    {
        var sums = table.Empty();
        var halves = picks.Select(pick =>
        {
            table.Add(sums, pick.Head);
            return table.HalvesOf(sums);
        }).ToArray();
        return [.. picks.Zip(Bootstrap.Of(table, halves, seed), (pick, measured) => new SetAccuracy(pick.Head, pick.Accuracy, measured))];
    }
}
