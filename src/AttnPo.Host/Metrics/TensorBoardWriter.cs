using System.Buffers.Binary;
using System.Text;

namespace AttnPo.Host.Metrics;

/// <summary>
/// Writes scalars as a TensorBoard event file: TFRecord frames, each an Event message of the protocol that TensorBoard reads.
/// Every step is flushed, so that a run can be watched.
/// </summary>
internal sealed class TensorBoardWriter : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Creates a file under <paramref name="folder"/>; its name starts as TensorBoard expects.</summary>
    public TensorBoardWriter(string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var name = $"events.out.tfevents.{now.ToUnixTimeSeconds()}.attnpo.{Environment.ProcessId}";
        _file = new FileStream(Path.Combine(folder, name), FileMode.Create, FileAccess.Write, FileShare.Read);
        // The first event of a file names the format's version (Event.file_version, field 3).
        WriteEvent(now, 0, message => message.Bytes(3, Encoding.ASCII.GetBytes("brain.Event:2")));
    }

    /// <summary>Writes one step's scalars.</summary>
    public void Write(DateTimeOffset time, long step, IEnumerable<KeyValuePair<string, double>> scalars)
    {
        var summary = new ProtobufMessage();
        foreach (var (tag, value) in scalars)
        {
            // Summary.value (1) holds a tag (1) and a simple_value (2).
            var entry = new ProtobufMessage();
            entry.Bytes(1, Encoding.UTF8.GetBytes(tag));
            entry.Float(2, (float)value);
            summary.Bytes(1, entry.ToArray());
        }

        WriteEvent(time, step, message => message.Bytes(5, summary.ToArray()));
        _file.Flush();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteEvent(DateTimeOffset time, long step, Action<ProtobufMessage> content)
    {
        var message = new ProtobufMessage();
        message.Double(1, time.ToUnixTimeMilliseconds() / 1000.0);
        message.Integer(2, step);
        content(message);
        var data = message.ToArray();

        // A TFRecord: length, masked checksum of the length, data, masked checksum of the data, little-endian.
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Crc32C.Masked(head[..8]));
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Crc32C.Masked(data));
        _file.Write(head);
        _file.Write(data);
        _file.Write(tail);
    }
}
