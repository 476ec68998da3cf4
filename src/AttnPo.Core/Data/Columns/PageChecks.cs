using Parquet.Meta;
using Snappier;
using ZstdSharp;

namespace AttnPo.Core.Data.Columns;

/// <summary>
/// Looks at the pages of a row group's columns before they are decoded: what they claim to hold must fit what the columns claim, what the
/// file has, and what memory is given to a row group.
/// </summary>
/// <param name="stream">The file.</param>
/// <param name="dataLength">Where its pages end.</param>
internal sealed class PageChecks(Stream stream, long dataLength)
{
    /// <summary>Most values of a row group. Writers make groups of about a million rows at most.</summary>
    public const long MostValues = 32_000_000;

    /// <summary>Most bytes of a row group, unpacked.</summary>
    public const long MostBytes = 1L << 30;

    // A page's header holds the least and the greatest value, which may be long texts.
    private const int MostHeaderBytes = 1 << 20;

    private long _values, _bytes;

    /// <summary>Checks the pages of one column.</summary>
    /// <param name="column">What it claims.</param>
    /// <param name="repeats">Whether it lies within a list.</param>
    /// <exception cref="InvalidDataException">They are not what they should be; the message continues the column's name.</exception>
    public void Check(ColumnMetaData column, bool repeats)
    {
        if (column.NumValues is < 0 or > MostValues || (_values += column.NumValues) > MostValues)
            throw new InvalidDataException($"claims {column.NumValues} values; of a row group at most {MostValues} are read");
        var at = ((long?[])[column.DictionaryPageOffset, column.DataPageOffset, column.IndexPageOffset])
            .Where(offset => offset is not (null or 0)).Min() ?? 0;
        var values = 0L;
        while (values < column.NumValues)
        {
            if (at < 4 || at >= dataLength) throw new InvalidDataException("has pages outside of the file");
            var header = new byte[Math.Min(MostHeaderBytes, dataLength - at)];
            stream.Position = at;
            stream.ReadExactly(header);
            var page = Page.Read(header, out var length);
            at += length;
            if (repeats && page.Type == PageType.DATA_PAGE_V2)
                throw new InvalidDataException(
                    "lies within a list and has pages of version 2, which is not read; write data pages of version 1");
            if (page.Packed < 0 || page.Packed > dataLength - at) throw new InvalidDataException("has a page longer than the file");
            if (page.Unpacked < 0 || (_bytes += Math.Max(page.Unpacked, page.Packed)) > MostBytes)
                throw new InvalidDataException($"brings the row group to more than {MostBytes} bytes");
            if (page.Values < 0 || page.Values > MostValues || (page.Type == PageType.DICTIONARY_PAGE && page.Values > page.Unpacked))
                throw new InvalidDataException("has a page that claims more values than it has bytes for");
            CheckPacking(column.Codec, page, at);
            if (page.Type != PageType.DICTIONARY_PAGE) values += page.Values;
            at += page.Packed;
        }
        if (values != column.NumValues) throw new InvalidDataException($"claims {column.NumValues} values, and its pages {values}");
    }

    // Some packings state the length of what they hold themselves, and are believed when they are unpacked.
    private void CheckPacking(CompressionCodec codec, Page page, long at)
    {
        if (page.Levels < 0 || page.Levels > page.Packed || page.Levels > page.Unpacked)
            throw new InvalidDataException("has a page with impossible levels");
        if (codec == CompressionCodec.UNCOMPRESSED)
        {
            if (page.Packed != page.Unpacked) throw new InvalidDataException("has a page whose length is stated in two ways");
            return;
        }
        if (codec is not (CompressionCodec.SNAPPY or CompressionCodec.ZSTD) || !page.IsPacked || page.Packed == page.Levels) return;
        // Zstandard states it for each of its frames, Snappy at the start.
        var packed = new byte[codec == CompressionCodec.ZSTD ? page.Packed - page.Levels : Math.Min(page.Packed - page.Levels, 16)];
        stream.Position = at + page.Levels;
        stream.ReadExactly(packed);
        var claimed = codec == CompressionCodec.SNAPPY
            ? (ulong)Snappy.GetUncompressedLength(packed) : Decompressor.GetDecompressedSize(packed);
        if (claimed > (ulong)page.Unpacked) throw new InvalidDataException("has a page that is packed from more than it claims");
    }

    /// <summary>What a page's header states; of its bytes, Levels are those in front of what is packed.</summary>
    private struct Page
    {
        public PageType Type;
        public int Unpacked, Packed, Values, Levels;
        public bool IsPacked;

        public static Page Read(ReadOnlySpan<byte> bytes, out int length)
        {
            var reader = new ThriftReader(bytes);
            var page = new Page { Unpacked = -1, Packed = -1, Values = -1, IsPacked = true };
            var header = -1;
            for (var id = 0; reader.NextField(ref id, out var type);)
            {
                switch (id, type)
                {
                    case (1, ThriftType.I32):
                        page.Type = (PageType)Number(ref reader);
                        break;
                    case (2, ThriftType.I32):
                        page.Unpacked = Number(ref reader);
                        break;
                    case (3, ThriftType.I32):
                        page.Packed = Number(ref reader);
                        break;
                    case (4, ThriftType.I32):
                        reader.Skip(type);
                        break;
                    case (5 or 7 or 8, ThriftType.Struct):
                        header = id;
                        page.ReadInner(ref reader, id);
                        break;
                    default:
                        // The package passes over structures it does not know in the wrong way.
                        throw ThriftReader.Fault("a page header of another format");
                }
            }
            var expected = page.Type switch { PageType.DATA_PAGE => 5, PageType.DICTIONARY_PAGE => 7, PageType.DATA_PAGE_V2 => 8, _ => 0 };
            if (header != expected) throw ThriftReader.Fault("a page header of another format");
            length = reader.Position;
            return page;
        }

        // Values come first in each of the three; the encoding of a data page follows.
        private void ReadInner(ref ThriftReader reader, int header)
        {
            for (var id = 0; reader.NextField(ref id, out var type);)
            {
                switch (header, id, type)
                {
                    case (_, 1, ThriftType.I32):
                        Values = Number(ref reader);
                        break;
                    case (5, 2, ThriftType.I32) or (8, 4, ThriftType.I32):
                        CheckEncoding((Encoding)Number(ref reader));
                        break;
                    case (8, 5 or 6, ThriftType.I32):
                        var levels = Number(ref reader);
                        Levels = levels < 0 || levels > int.MaxValue - Levels
                            ? throw ThriftReader.Fault("impossible levels") : Levels + levels;
                        break;
                    case (8, 7, ThriftType.True or ThriftType.False):
                        IsPacked = type == ThriftType.True;
                        break;
                    case (5, 3 or 4, ThriftType.I32) or (7, 2, ThriftType.I32) or (8, 2 or 3, ThriftType.I32):
                    case (7, 3, ThriftType.True or ThriftType.False):
                        reader.Skip(type);
                        break;
                    case (5, 5, ThriftType.Struct) or (8, 8, ThriftType.Struct):
                        SkipStatistics(ref reader);
                        break;
                    default:
                        throw ThriftReader.Fault("a page header of another format");
                }
            }
        }

        private static void SkipStatistics(ref ThriftReader reader)
        {
            for (var id = 0; reader.NextField(ref id, out var type);)
            {
                var fits = id switch
                {
                    1 or 2 or 5 or 6 => type == ThriftType.Binary,
                    3 or 4 => type == ThriftType.I64,
                    7 or 8 => type is ThriftType.True or ThriftType.False,
                    _ => false,
                };
                if (!fits) throw ThriftReader.Fault("a page header of another format");
                reader.Skip(type);
            }
        }

        // Of the delta encodings those of texts let few bytes stand for many.
        private static void CheckEncoding(Encoding encoding)
        {
            if (encoding is not (Encoding.PLAIN or Encoding.PLAIN_DICTIONARY or Encoding.RLE_DICTIONARY or Encoding.RLE
                or Encoding.DELTA_BINARY_PACKED))
                throw new InvalidDataException($"is encoded as {encoding}, which is not read; write it with dictionary or plain encoding");
        }

        private static int Number(ref ThriftReader reader) =>
            reader.Integer() is >= int.MinValue and <= int.MaxValue and var number ? (int)number
                : throw ThriftReader.Fault("a number of too many bytes");
    }
}
