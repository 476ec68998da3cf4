using AttnPo.Core.Verification;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>Readings that do not come back before they are let go, and a count of all that were begun.</summary>
internal sealed class EndlessReading : IDisposable
{
    private readonly ManualResetEventSlim _letGo = new();
    private int _begun;

    /// <summary>Short for those that are to outlive it, long for those that come back at once, on a busy machine too.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(500);

    /// <summary>No wait of a test may be endless; how long this is says nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public int Begun => Volatile.Read(ref _begun);

    /// <summary>Of a gold answer "endless" only once let go, of others at once; the answer is the thread's number.</summary>
    public ReadResponse Read(IReadOnlyList<int> tokens, bool truncated, Gold gold)
    {
        Interlocked.Increment(ref _begun);
        if (gold.Text == "endless") _letGo.Wait();
        return new ReadResponse("", Verdict.Wrong, $"{Environment.CurrentManagedThreadId}", -1, [], []);
    }

    public void LetGo() => _letGo.Set();

    public void Dispose() => LetGo();
}
