namespace AttnPo.Core.Data.Columns;

/// <summary>Types of Thrift's compact protocol that Parquet uses.</summary>
internal enum ThriftType : byte
{
    Stop, True, False, Byte, I16, I32, I64, Double, Binary, List, Set, Map, Struct,
}

/// <summary>
/// Reads Thrift's compact protocol, in which Parquet states what a file holds. Nothing is believed: what runs past the end, nests too
/// deeply or states more than there are bytes is an <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int Deepest = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The next field of a struct: its id and type; false at the struct's end.</summary>
    /// <param name="last">The id of the field before; 0 at the first.</param>
    /// <param name="type">Its type.</param>
    public bool NextField(ref int last, out ThriftType type)
    {
        var head = NextByte();
        type = (ThriftType)(head & 0x0F);
        if (type == ThriftType.Stop) return false;
        if (type > ThriftType.Struct) throw Fault("an unknown type");
        last = head >> 4 is > 0 and var delta ? last + delta : (int)Integer();
        if (last is < 1 or > short.MaxValue) throw Fault("an impossible field");
        return true;
    }

    /// <summary>A whole number.</summary>
    public long Integer()
    {
        var raw = Unsigned();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    /// <summary>A text or bytes.</summary>
    public ReadOnlySpan<byte> Binary()
    {
        var length = Unsigned();
        if (length > (ulong)(_bytes.Length - Position)) throw Fault("a text longer than what is left");
        var text = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return text;
    }

    /// <summary>How many items a list has, and their type. Each takes at least a byte.</summary>
    public int List(out ThriftType type)
    {
        var head = NextByte();
        type = (ThriftType)(head & 0x0F);
        var count = head >> 4 is < 15 and var few ? (ulong)few : Unsigned();
        if (type is ThriftType.Stop or > ThriftType.Struct) throw Fault("an unknown type");
        if (count > (ulong)(_bytes.Length - Position)) throw Fault("a list longer than what is left");
        return (int)count;
    }

    /// <summary>Passes over a field's value.</summary>
    public void Skip(ThriftType type, int depth = 0)
    {
        if (depth > Deepest) throw Fault("structures nested too deeply");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                NextByte();
                break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                Unsigned();
                break;
            case ThriftType.Double:
                for (var i = 0; i < 8; i++) NextByte();
                break;
            case ThriftType.Binary:
                Binary();
                break;
            case ThriftType.Struct:
                for (var id = 0; NextField(ref id, out var field);) Skip(field, depth + 1);
                break;
            case ThriftType.List or ThriftType.Set:
                for (var left = List(out var item); left > 0; left--) SkipItem(item, depth + 1);
                break;
            default:
                throw Fault("a map, of which the format has none");
        }
    }

    /// <summary>What is wrong, as one of the file's faults.</summary>
    public static InvalidDataException Fault(string what) => new($"its metadata hold {what}");

    private void SkipItem(ThriftType type, int depth)
    {
        // Among a list's items a truth value is a byte; as a field it stands in the type.
        if (type is ThriftType.True or ThriftType.False) NextByte();
        else Skip(type, depth);
    }

    private ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = NextByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw Fault("a number of too many bytes");
    }

    private byte NextByte() => Position < _bytes.Length ? _bytes[Position++] : throw Fault("less than they should: they end too early");
}
