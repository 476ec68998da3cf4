namespace AttnPo.Core.Verification.Expressions;

/// <summary>A set of real numbers as intervals apart from each other, in ascending order.</summary>
/// <param name="Pieces">The intervals.</param>
internal sealed record RealSet(IReadOnlyList<RealSet.Piece> Pieces)
{
    /// <summary>From one end to the other.</summary>
    internal readonly record struct Piece(End Low, End High);

    /// <summary>An end of an interval. Without a value it is infinitely far.</summary>
    /// <param name="Value">Where it is.</param>
    /// <param name="IsIn">Whether the set holds it.</param>
    internal readonly record struct End(BigFloat? Value, bool IsIn);

    private static readonly End Infinite = new(null, false);

    public static RealSet Empty { get; } = new([]);

    public static RealSet All { get; } = new([new(Infinite, Infinite)]);

    /// <summary>An interval; empty where its ends cross.</summary>
    public static RealSet Of(BigFloat? low, bool lowIsIn, BigFloat? high, bool highIsIn)
    {
        if (low is { } a && high is { } b)
        {
            var order = Order(a, b);
            if (order > 0 || (order == 0 && !(lowIsIn && highIsIn))) return Empty;
        }
        return new([new(new(low, lowIsIn && low is not null), new(high, highIsIn && high is not null))]);
    }

    public RealSet Union(RealSet other)
    {
        var merged = new List<Piece>();
        foreach (var piece in Pieces.Concat(other.Pieces).Order(Comparer<Piece>.Create((x, y) => CompareLow(x.Low, y.Low))))
        {
            if (merged.Count > 0 && Touches(merged[^1].High, piece.Low))
                merged[^1] = merged[^1] with { High = CompareHigh(merged[^1].High, piece.High) >= 0 ? merged[^1].High : piece.High };
            else merged.Add(piece);
        }
        return new(merged);
    }

    public RealSet Intersection(RealSet other)
    {
        var common = Empty;
        foreach (var a in Pieces)
            foreach (var b in other.Pieces)
            {
                var low = CompareLow(a.Low, b.Low) >= 0 ? a.Low : b.Low;
                var high = CompareHigh(a.High, b.High) <= 0 ? a.High : b.High;
                common = common.Union(Of(low.Value, low.IsIn, high.Value, high.IsIn));
            }
        return common;
    }

    public RealSet Complement()
    {
        var rest = Empty;
        var low = Infinite;
        foreach (var piece in Pieces)
        {
            if (piece.Low.Value is { } end) rest = rest.Union(Of(low.Value, low.IsIn, end, !piece.Low.IsIn));
            if (piece.High.Value is null) return rest;
            low = new(piece.High.Value, !piece.High.IsIn);
        }
        return rest.Union(Of(low.Value, low.IsIn, null, false));
    }

    /// <summary>Whether both hold the same numbers.</summary>
    public bool SameAs(RealSet other) => Pieces.Count == other.Pieces.Count && Pieces.Zip(other.Pieces).All(pair =>
        CompareLow(pair.First.Low, pair.Second.Low) == 0 && CompareHigh(pair.First.High, pair.Second.High) == 0);

    private static bool Touches(End high, End low)
    {
        if (high.Value is not { } a || low.Value is not { } b) return true;
        var order = Order(a, b);
        return order > 0 || (order == 0 && (high.IsIn || low.IsIn));
    }

    private static int CompareLow(End a, End b) => (a.Value, b.Value) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        ({ } x, { } y) => Order(x, y) is var order and not 0 ? order : b.IsIn.CompareTo(a.IsIn),
    };

    private static int CompareHigh(End a, End b) => (a.Value, b.Value) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        ({ } x, { } y) => Order(x, y) is var order and not 0 ? order : a.IsIn.CompareTo(b.IsIn),
    };

    // Ends that were computed in different ways differ in their last digits.
    private static int Order(BigFloat a, BigFloat b) =>
        (a - b).Magnitude <= Math.Max(a.Magnitude, b.Magnitude) - 100 ? 0 : BigFloat.Compare(a, b);
}
