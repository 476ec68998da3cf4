namespace AttnPo.Actors.Pipeline;

/// <summary>
/// A stage's account with the stage above it, for one step: what it has asked for, holds and has passed on. Asked for and held
/// together never exceed the window, so the window bounds the stage's memory.
/// </summary>
internal sealed class WaveWindow(int size, int waves)
{
    private int _asked;

    /// <summary>Asked for and not received.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Received and not passed on.</summary>
    public int InHand { get; private set; }

    /// <summary>Passed on.</summary>
    public int Done { get; private set; }

    /// <summary>Every wave of the step is passed on.</summary>
    public bool IsComplete => Done == waves;

    /// <summary>How many waves to ask for now; they count as asked for.</summary>
    public int Ask() => Ask(size - Outstanding - InHand);

    /// <summary>As <see cref="Ask()"/>, for a number of one's own: for the stage that waits for a particular wave.</summary>
    public int Ask(int wanted)
    {
        var count = Math.Clamp(wanted, 0, waves - _asked);
        _asked += count;
        Outstanding += count;
        return count;
    }

    /// <summary>A wave came.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for.</exception>
    public void Receive()
    {
        if (Outstanding == 0) throw new InvalidOperationException("A wave came that was not asked for.");
        Outstanding--;
        InHand++;
    }

    /// <summary>A wave went on.</summary>
    public void Release()
    {
        InHand--;
        Done++;
    }
}
