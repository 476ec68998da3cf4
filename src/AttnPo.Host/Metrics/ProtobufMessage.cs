using System.Buffers.Binary;

namespace AttnPo.Host.Metrics;

/// <summary>The few wire types of a protocol buffer that an event file needs.</summary>
internal sealed class ProtobufMessage
{
    private readonly MemoryStream _bytes = new();

    /// <summary>A whole number (varint, wire type 0).</summary>
    public void Integer(int field, long value)
    {
        Varint((ulong)(field << 3));
        Varint((ulong)value);
    }

    /// <summary>A double (wire type 1).</summary>
    public void Double(int field, double value)
    {
        Varint((ulong)((field << 3) | 1));
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
    }

    /// <summary>Text or an embedded message (wire type 2).</summary>
    public void Bytes(int field, byte[] value)
    {
        Varint((ulong)((field << 3) | 2));
        Varint((ulong)value.Length);
        _bytes.Write(value);
    }

    /// <summary>A float (wire type 5).</summary>
    public void Float(int field, float value)
    {
        Varint((ulong)((field << 3) | 5));
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
    }

    /// <summary>The message so far.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
