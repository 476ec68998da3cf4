using Parquet.Meta;

namespace AttnPo.Core.Data.Columns;

/// <summary>
/// Copies of a Parquet footer only the fields that reading needs, and each only where it has the type it should have. The package that
/// decodes the file believes what it reads (a footer cut short keeps it busy for ever), so it is given this copy in place of the footer.
/// </summary>
internal ref struct FooterCopy
{
    // A footer states some hundred bytes a column and row group; real ones have some thousand structs.
    private const int MostStructs = 200_000;

    // The package puts a schema together by recursion, so a deep one would end the process.
    private const int MostFields = 2_000;

    private static readonly Shape ColumnShape = new()
    {
        // Type, encodings, path, codec, number of values, sizes, offsets of the first data, index and dictionary page.
        [1] = new(ThriftType.I32), [2] = new(ThriftType.List, ThriftType.I32), [3] = new(ThriftType.List, ThriftType.Binary),
        [4] = new(ThriftType.I32), [5] = new(ThriftType.I64), [6] = new(ThriftType.I64), [7] = new(ThriftType.I64),
        [9] = new(ThriftType.I64), [10] = new(ThriftType.I64), [11] = new(ThriftType.I64),
    };

    private static readonly Shape ChunkShape = new() { [2] = new(ThriftType.I64), [3] = new(ThriftType.Struct, Inner: ColumnShape) };

    private static readonly Shape RowGroupShape = new()
    {
        [1] = new(ThriftType.List, ThriftType.Struct, ChunkShape), [2] = new(ThriftType.I64), [3] = new(ThriftType.I64),
    };

    private static readonly Shape ElementShape = new()
    {
        // Type, length, repetition, name, number of children, converted type, scale, precision.
        [1] = new(ThriftType.I32), [2] = new(ThriftType.I32), [3] = new(ThriftType.I32), [4] = new(ThriftType.Binary),
        [5] = new(ThriftType.I32), [6] = new(ThriftType.I32), [7] = new(ThriftType.I32), [8] = new(ThriftType.I32),
    };

    private static readonly Shape FooterShape = new()
    {
        [1] = new(ThriftType.I32), [2] = new(ThriftType.List, ThriftType.Struct, ElementShape), [3] = new(ThriftType.I64),
        [4] = new(ThriftType.List, ThriftType.Struct, RowGroupShape),
    };

    private ThriftReader _reader;
    private readonly MemoryStream _copy;
    private int _structs;

    private FooterCopy(ReadOnlySpan<byte> footer)
    {
        _reader = new(footer);
        _copy = new();
    }

    /// <summary>The copy.</summary>
    /// <exception cref="InvalidDataException">It is no footer; the message continues the file's name.</exception>
    public static byte[] Of(ReadOnlySpan<byte> footer)
    {
        var copy = new FooterCopy(footer);
        copy.Struct(FooterShape);
        return copy._copy.ToArray();
    }

    private void Struct(Shape shape)
    {
        if (++_structs > MostStructs) throw ThriftReader.Fault($"more than {MostStructs} structures");
        var written = 0;
        for (var id = 0; _reader.NextField(ref id, out var type);)
        {
            if (!shape.TryGetValue(id, out var field) || field.Type != type)
            {
                _reader.Skip(type);
                continue;
            }
            if (shape == ElementShape && id == 6)
            {
                var converted = _reader.Integer();
                if (!Kept(converted)) continue;
                Head(type, id, ref written);
                Number(converted);
                continue;
            }
            Head(type, id, ref written);
            if (type == ThriftType.List) List(field);
            else Value(type, field.Inner);
        }
        _copy.WriteByte((byte)ThriftType.Stop);
    }

    private void List(Field field)
    {
        var count = _reader.List(out var type);
        if (field.Inner == ElementShape && count > MostFields)
            throw ThriftReader.Fault($"a schema of {count} fields; at most {MostFields} are read");
        if (type != field.Item) throw ThriftReader.Fault("a list of another type than the format has");
        _copy.WriteByte((byte)(0xF0 | (byte)type));
        Unsigned((ulong)count);
        for (; count > 0; count--) Value(type, field.Inner);
    }

    private void Value(ThriftType type, Shape? inner)
    {
        switch (type)
        {
            case ThriftType.Struct:
                Struct(inner!);
                break;
            case ThriftType.Binary:
                var text = _reader.Binary();
                Unsigned((ulong)text.Length);
                _copy.Write(text);
                break;
            default:
                var number = _reader.Integer();
                if (type == ThriftType.I32 && number is < int.MinValue or > int.MaxValue)
                    throw ThriftReader.Fault("a number of too many bytes");
                Number(number);
                break;
        }
    }

    private readonly void Head(ThriftType type, int id, ref int written)
    {
        if (id > written && id - written < 16) _copy.WriteByte((byte)(((id - written) << 4) | (byte)type));
        else throw ThriftReader.Fault("its fields out of order");
        written = id;
    }

    // Texts are taken as bytes, since the package replaces what is no text, and whole numbers as wide as they are stored.
    private static bool Kept(long converted) => (ConvertedType)converted is not
        (ConvertedType.UTF8 or ConvertedType.ENUM or ConvertedType.JSON or (>= ConvertedType.UINT_8 and <= ConvertedType.INT_64));

    private readonly void Number(long number) => Unsigned((ulong)((number << 1) ^ (number >> 63)));

    private readonly void Unsigned(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _copy.WriteByte((byte)(value | 0x80));
        _copy.WriteByte((byte)value);
    }

    private sealed record Field(ThriftType Type, ThriftType Item = ThriftType.Stop, Shape? Inner = null);

    private sealed class Shape : Dictionary<int, Field>;
}
