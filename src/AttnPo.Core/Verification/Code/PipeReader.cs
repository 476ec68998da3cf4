namespace AttnPo.Core.Verification.Code;

/// <summary>
/// Reads a pipe to its end on a thread of its own, so that whoever writes never waits for a reader, and keeps the first and the last
/// bytes of what came, each up to a bound.
/// </summary>
internal sealed class PipeReader
{
    private readonly Stream _pipe;
    private readonly int _head, _tail;
    private readonly MemoryStream _kept = new();
    private readonly Thread _thread;
    private volatile bool _exceeded;
    private bool _hasEnded;

    /// <param name="pipe">Is read until it ends.</param>
    /// <param name="head">Bytes kept from the beginning.</param>
    /// <param name="tail">Bytes kept from the end.</param>
    public PipeReader(Stream pipe, int head, int tail)
    {
        (_pipe, _head, _tail) = (pipe, head, tail);
        _thread = new Thread(Read) { Name = "attnpo-program-output", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether more came than is kept.</summary>
    public bool Exceeded => _exceeded;

    /// <summary>Waits for the end of the pipe; false: it did not come in time.</summary>
    public bool Join(TimeSpan patience) => _thread.Join(patience);

    /// <summary>What is kept of what came so far.</summary>
    public byte[] Bytes()
    {
        lock (_kept)
        {
            Shorten();
            return _kept.ToArray();
        }
    }

    /// <summary>Whether some bytes are among those kept so far.</summary>
    public bool Holds(ReadOnlySpan<byte> bytes)
    {
        lock (_kept) return _kept.GetBuffer().AsSpan(0, (int)_kept.Length).IndexOf(bytes) >= 0;
    }

    /// <summary>Waits until some bytes are among those kept; false: the pipe has ended without them.</summary>
    public bool Await(ReadOnlySpan<byte> bytes)
    {
        lock (_kept)
        {
            while (!Holds(bytes))
            {
                if (_hasEnded) return false;
                Monitor.Wait(_kept);
            }
            return true;
        }
    }

    private void Read()
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (_pipe.Read(buffer) is > 0 and var count) Take(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe was given up: there is nothing more to come.
        }
        lock (_kept)
        {
            _hasEnded = true;
            Monitor.PulseAll(_kept);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        lock (_kept)
        {
            _kept.Write(bytes);
            Monitor.PulseAll(_kept);
            if (_kept.Length <= _head + _tail) return;
            _exceeded = true;
            // Not at each read: what is moved is then a small share of what is read.
            if (_kept.Length > 2L * (_head + _tail)) Shorten();
        }
    }

    private void Shorten()
    {
        if (_kept.Length <= _head + _tail) return;
        var all = _kept.GetBuffer();
        all.AsSpan((int)_kept.Length - _tail, _tail).CopyTo(all.AsSpan(_head));
        _kept.SetLength(_head + _tail);
    }
}
