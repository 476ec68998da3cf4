namespace AttnPo.Core.Verification.Expressions;

/// <summary>
/// Work that one comparison may take. It is counted, not timed: a clock would judge one answer differently on a busy machine, and a run
/// that is replayed must find the same verdicts. A unit is worth some ten nanoseconds.
/// </summary>
/// <param name="units">All that may be spent.</param>
internal sealed class WorkBudget(long units)
{
    /// <summary>Units that are left.</summary>
    public long Left { get; private set; } = units;

    /// <summary>Takes units.</summary>
    /// <exception cref="OverBudgetException">They are not there.</exception>
    public void Spend(long cost)
    {
        Left -= cost;
        if (Left < 0) throw new OverBudgetException();
    }

    /// <summary>Takes what a product of two numbers of so many bits costs.</summary>
    public void SpendProduct(long bitsA, long bitsB) => Spend(4 + (((bitsA >> 6) + 1) * ((bitsB >> 6) + 1) >> 3));
}

/// <summary>A comparison has spent its budget.</summary>
internal sealed class OverBudgetException() : Exception("over budget");
