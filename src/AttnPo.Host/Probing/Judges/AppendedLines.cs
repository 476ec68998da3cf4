namespace AttnPo.Host.Probing.Judges;

/// <summary>Appends lines to a file so that each is there whole or not at all, whatever becomes of the write. Not for several threads at once.</summary>
/// <param name="stream">Without a buffer of its own, since what stays in one after a fault would be written later; stands at its end.</param>
/// <param name="flush">Puts what was written on the disk.</param>
internal sealed class AppendedLines(Stream stream, Action flush)
{
    private bool _isTorn;

    /// <summary>Appends a line and puts it on the disk; where that fails the file is cut back to what it was.</summary>
    /// <exception cref="IOException">It could not be written; or an earlier piece of a line could not be taken back, and nothing may follow it.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (_isTorn) throw new IOException("a line that could not be written whole is at its end");
        var end = stream.Length;
        try
        {
            stream.Write(line);
            flush();
        }
        catch
        {
            _isTorn = true;
            stream.SetLength(end);
            stream.Seek(end, SeekOrigin.Begin);
            _isTorn = false;
            throw;
        }
    }
}
