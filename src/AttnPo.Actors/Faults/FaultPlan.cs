namespace AttnPo.Actors.Faults;

/// <summary>
/// The faults of a run in this process. Whoever comes to a point passes it; where a fault is due there, it acts. Passings are counted
/// from the start of the process, by each fault for itself. Safe from any thread.
/// </summary>
public sealed class FaultPlan
{
    /// <summary>No faults: passing a point does nothing and costs one branch.</summary>
    public static readonly FaultPlan None = new([]);

    private readonly ArmedFault[] _armed;
    private readonly Action _kill;

    /// <summary>Plans these faults; where several are due at one passing, they act in this order.</summary>
    /// <exception cref="ArgumentException">One of them is not possible; the message says why.</exception>
    public FaultPlan(IReadOnlyList<Fault> faults)
        : this(faults, OwnProcess.Kill)
    {
    }

    internal FaultPlan(IReadOnlyList<Fault> faults, Action kill)
    {
        foreach (var fault in faults)
            if (fault.Problem is { } problem) throw new ArgumentException($"{fault}: {problem}", nameof(faults));
        (_armed, _kill) = ([.. faults.Select(fault => new ArmedFault(fault))], kill);
    }

    /// <summary>Whether a fault waits at a point, due or not.</summary>
    public bool Has(FaultPoint point) => _armed.Any(armed => armed.Fault.Point == point);

    /// <summary>Passes a point, and bears the faults that are due there.</summary>
    /// <param name="point">The point.</param>
    /// <param name="path">The file or folder that is being written or has been named there; null where there is none. Its
    /// writer has let go of it or shares it.</param>
    /// <returns>False where the message that is about to be sent is to be lost.</returns>
    /// <exception cref="InjectedFaultException">A fault throws.</exception>
    /// <exception cref="IOException">A fault fills the disk.</exception>
    public bool Pass(FaultPoint point, string? path = null) => _armed.Length == 0 || Meet(point, path);

    private bool Meet(FaultPoint point, string? path)
    {
        // Every fault counts this passing before any of them acts: one that throws hides it from none.
        List<Fault>? due = null;
        foreach (var armed in _armed)
            if (armed.Fault.Point == point && armed.IsDue()) (due ??= []).Add(armed.Fault);
        if (due is null) return true;
        var isSent = true;
        foreach (var fault in due) isSent &= Act(fault, path);
        return isSent;
    }

    private bool Act(Fault fault, string? path)
    {
        switch (fault.Action)
        {
            case FaultAction.Crash when fault.Delay == TimeSpan.Zero:
                _kill();
                break;
            case FaultAction.Crash:
                KillLater(fault.Delay);
                break;
            case FaultAction.Throw:
                throw new InjectedFaultException(fault.Point);
            case FaultAction.Delay:
                Thread.Sleep(fault.Delay);
                break;
            case FaultAction.Corrupt:
                FileDamage.Corrupt(path ?? throw new ArgumentNullException(nameof(path), $"{fault}: no file was named at this point."));
                break;
            case FaultAction.DiskFull:
                throw FileDamage.FillDisk(path);
        }

        return fault.Action != FaultAction.Drop;
    }

    // A thread of its own: the pool's timers wait where the pool is busy. In the background, so that it keeps no process alive.
    private void KillLater(TimeSpan delay)
    {
        var killer = new Thread(() =>
        {
            Thread.Sleep(delay);
            _kill();
        })
        { IsBackground = true, Name = "fault", Priority = ThreadPriority.Highest };
        killer.Start();
    }

    /// <summary>A fault with its count of passings.</summary>
    private sealed class ArmedFault(Fault fault)
    {
        private long _passings;

        public Fault Fault => fault;

        /// <summary>Counts a passing; true where the fault acts at it.</summary>
        public bool IsDue()
        {
            var ordinal = Interlocked.Increment(ref _passings) - fault.After;
            return ordinal >= 1 && (fault.Times == Fault.Always || ordinal <= fault.Times);
        }
    }
}
