using System.Collections.Concurrent;
using AttnPo.Core.Verification;

namespace AttnPo.Actors.Pipeline;

/// <summary>Reads a response against the gold answer: tokens, truncated, gold.</summary>
internal delegate ReadResponse ReadResponseFunction(IReadOnlyList<int> tokens, bool truncated, Gold gold);

/// <summary>
/// Reads responses, which a policy may have filled with anything, under a hard deadline: each answer comes within the budget from when
/// its reading began, whichever thread has asked. Readings run one at a time, in the order asked for, on a thread of their own; a second
/// thread watches it, so the deadline needs neither the caller's thread nor the pool.
/// </summary>
/// <remarks>
/// .NET cannot end a thread that does not want to. One whose reading outlives the budget is abandoned: a fresh thread takes its place,
/// its late result is discarded, it ends by itself if the reading ever does. Its input is poison from then on and is answered at
/// once instead of being read. Readings are refused while as many abandoned threads as are allowed still run, for each of them eats a core.
/// The poison list lives as long as this object and outlasts the stages that use it.
/// </remarks>
internal sealed class GuardedReader : IDisposable
{
    // A stack overflow ends the process, so a reading has much more room than the 1 to 8 MiB of a usual thread.
    private const int StackBytes = 16 << 20;

    // Poison is rare: this is more than a run should ever meet, at less than a megabyte.
    private const int MostPoison = 4096;

    private readonly object _gate = new();
    private readonly BlockingCollection<Reading> _waiting = [];
    private readonly List<Reading> _abandoned = [];
    private readonly PoisonList _poison = new(MostPoison);
    private readonly ManualResetEventSlim _begun = new(), _closing = new();
    private readonly ReadResponseFunction _read;
    private readonly Func<AnswerKind, TimeSpan> _budgetOf;
    private readonly int _mostAbandoned;
    private Thread? _reader;
    private volatile Reading? _running;

    /// <param name="read">Reads a response; need not come back, and may then run on beside later readings.</param>
    /// <param name="budgetOf">Time for one response by the kind of its answer, from when its reading begins.</param>
    /// <param name="mostAbandoned">Abandoned threads that may run on before readings are refused.</param>
    public GuardedReader(ReadResponseFunction read, Func<AnswerKind, TimeSpan> budgetOf, int mostAbandoned = 4)
    {
        (_read, _budgetOf, _mostAbandoned) = (read, budgetOf, mostAbandoned);
        new Thread(Watch) { Name = "attnpo-verifier-watch", IsBackground = true }.Start();
    }

    /// <summary>
    /// Reads a response. What the reading throws is part of the outcome. The task itself fails when no thread is left to read on
    /// (<see cref="VerificationStuckException"/>). It is cancelled with the token, where the reading has not begun, and with this object.
    /// </summary>
    /// <param name="name">Of the response, for messages.</param>
    /// <param name="tokens">Must not change any more.</param>
    /// <param name="truncated">Whether a limit, not a stop token, ended it.</param>
    /// <param name="gold">The reference answer.</param>
    /// <param name="cancellation">Spares a reading that still waits.</param>
    public Task<VerificationOutcome> ReadAsync(string name, int[] tokens, bool truncated, Gold gold, CancellationToken cancellation)
    {
        var reading = new Reading(
            name, () => _read(tokens, truncated, gold), PoisonList.KeyOf(tokens, truncated, gold), _budgetOf(gold.Kind), cancellation);
        lock (_gate)
        {
            if (_closing.IsSet) return Task.FromException<VerificationOutcome>(new ObjectDisposedException(nameof(GuardedReader)));
            _waiting.Add(reading);
            ServeWaiting();
        }
        return reading.Outcome;
    }

    /// <summary>Cancels what waits and what is being read. The threads end by themselves.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing.IsSet) return;
            _waiting.CompleteAdding();
            while (_waiting.TryTake(out var reading)) reading.Cancel();
            _running?.Cancel();
            _running = null;
            _closing.Set();
            _begun.Set();
        }
    }

    /// <summary>Under the gate: sees that what waits has a thread, or an answer where it can have none.</summary>
    private void ServeWaiting()
    {
        if (_reader is not null) return;
        if (_abandoned.Count < _mostAbandoned)
        {
            _reader = new Thread(ReadOn, StackBytes) { Name = "attnpo-verifier", IsBackground = true };
            _reader.Start();
            return;
        }
        while (_waiting.TryTake(out var reading))
        {
            if (!IsSettled(reading)) reading.Refuse(Stuck());
        }
    }

    private VerificationStuckException Stuck()
    {
        var names = _abandoned.Select(reading => $"{reading.Name} (for {reading.Elapsed.TotalSeconds:F0} s of {reading.Budget.TotalSeconds} s)");
        return new VerificationStuckException(
            $"{_abandoned.Count} verifications outlived their budget and still run, so no other is begun: "
            + $"{string.Join(", ", names)}. A grader that hangs on these responses must be mended, one that is only slow needs a larger "
            + "budget; the stuck threads end with the process at the latest.");
    }

    /// <summary>Under the gate: whether a reading has its answer without being read.</summary>
    private bool IsSettled(Reading reading)
    {
        if (reading.IsCancelled) reading.Cancel();
        else if (_poison.Contains(reading.Key)) reading.Answer(VerificationOutcome.OverBudget);
        else return false;
        return true;
    }

    private void ReadOn()
    {
        foreach (var reading in _waiting.GetConsumingEnumerable())
        {
            if (!Begin(reading)) continue;
            var outcome = reading.Read();
            if (!End(reading, outcome)) return;
        }
    }

    private bool Begin(Reading reading)
    {
        lock (_gate)
        {
            if (_closing.IsSet) reading.Cancel();
            if (_closing.IsSet || IsSettled(reading)) return false;
            reading.Begin();
            _running = reading;
        }
        _begun.Set();
        return true;
    }

    /// <summary>Gives the answer, unless it comes too late; then the thread has been replaced and ends.</summary>
    private bool End(Reading reading, VerificationOutcome outcome)
    {
        lock (_gate)
        {
            if (_running != reading)
            {
                _abandoned.Remove(reading);
                return false;
            }
            _running = null;
            reading.Answer(outcome);
            return true;
        }
    }

    private void Watch()
    {
        while (!_closing.IsSet)
        {
            _begun.Wait();
            _begun.Reset();
            while (_running is { } reading) WatchOver(reading);
        }
    }

    /// <summary>
    /// Waits for one deadline. In two halves, so that a process that was stopped or suspended in one still leaves the reading the other:
    /// a clock that ran on meanwhile says nothing about the input.
    /// </summary>
    private void WatchOver(Reading reading)
    {
        var half = reading.Budget / 2;
        if (!IsStillRead(reading, half - reading.Elapsed) || !IsStillRead(reading, half)) return;
        lock (_gate)
        {
            if (_running == reading) Abandon(reading);
        }
    }

    /// <summary>
    /// Waits, and says whether a reading is then still under way. In glances as long as the shortest wait of any: whatever is read
    /// after one of a long budget has its own deadline.
    /// </summary>
    private bool IsStillRead(Reading reading, TimeSpan time)
    {
        var glance = _budgetOf(AnswerKind.Math) / 2;
        for (var left = time; left > TimeSpan.Zero && _running == reading; left -= glance)
        {
            if (_closing.Wait(left < glance ? left : glance)) return false;
        }
        return _running == reading;
    }

    private void Abandon(Reading reading)
    {
        // Where the system knows priorities, it is to take nothing from the living.
        _reader!.Priority = ThreadPriority.Lowest;
        (_reader, _running) = (null, null);
        _abandoned.Add(reading);
        _poison.Add(reading.Key);
        reading.Answer(VerificationOutcome.OverBudget);
        ServeWaiting();
    }
}
