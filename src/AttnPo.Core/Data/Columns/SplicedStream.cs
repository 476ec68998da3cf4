using Microsoft.Win32.SafeHandles;

namespace AttnPo.Core.Data.Columns;

/// <summary>
/// The data of a Parquet file with another footer in place of its own. Reading past the end is a fault, not an end: the package takes an
/// end for a number that goes on.
/// </summary>
/// <param name="file">Open, and left open.</param>
/// <param name="dataLength">Where the file's own footer begins.</param>
/// <param name="footer">In its place, with its length and the mark of the format.</param>
internal sealed class SplicedStream(SafeFileHandle file, long dataLength, byte[] footer) : Stream
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private long _bufferStart;
    private int _buffered;

    /// <summary>Where the data end and the footer begins.</summary>
    public long DataLength => dataLength;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => dataLength + footer.Length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (Position < 0 || Position >= Length) throw new EndOfStreamException("it ends too early");
        ReadOnlySpan<byte> from;
        if (Position >= dataLength)
        {
            from = footer.AsSpan((int)(Position - dataLength));
        }
        else
        {
            if (Position < _bufferStart || Position >= _bufferStart + _buffered) Fill();
            from = _buffer.AsSpan((int)(Position - _bufferStart), (int)(_buffered - (Position - _bufferStart)));
        }
        var count = Math.Min(from.Length, buffer.Length);
        from[..count].CopyTo(buffer);
        Position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        ReadExactly(one);
        return one[0];
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) =>
        Position = offset + (origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => Position, _ => Length });

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Fill()
    {
        _bufferStart = Position;
        _buffered = RandomAccess.Read(file, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, dataLength - Position)), Position);
        if (_buffered == 0) throw new EndOfStreamException("it became shorter while it was read");
    }
}
