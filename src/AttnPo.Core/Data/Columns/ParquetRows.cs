using System.Buffers.Binary;
using System.Text.Json;
using AttnPo.Core.Data.Rows;
using Microsoft.Win32.SafeHandles;
using Parquet;

namespace AttnPo.Core.Data.Columns;

/// <summary>
/// Rows of a Parquet file, a row group at a time; lists and structs become lists and objects. Columns of types that have none in JSON
/// (times, decimals, bytes of a fixed length) are left out.
/// </summary>
public sealed class ParquetRows(string path) : IRowSource
{
    // What frames a file: a mark at both ends, and the footer's length before the last.
    private const int Frame = 8;
    private const int MostFooterBytes = 16 << 20;

    private static ReadOnlySpan<byte> Mark => "PAR1"u8;

    /// <summary>Whether a file begins as a Parquet file does.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is no plain file with content, or cannot be read; the message names it.</exception>
    public static bool IsParquet(string path)
    {
        using var file = PlainFile.Open(path);
        Span<byte> start = stackalloc byte[4];
        return RandomAccess.Read(file, start, 0) == start.Length && start.SequenceEqual(Mark);
    }

    /// <inheritdoc/>
    public IEnumerable<SourceRow> Read()
    {
        using var file = PlainFile.Open(path);
        var stream = Guard(() => Splice(file));
        var reader = Guard(() => ParquetReader.CreateAsync(stream, new ParquetOptions(), leaveStreamOpen: true).GetAwaiter().GetResult());
        List<ColumnNode>? leaves = null;
        var fields = Guard(() => ColumnNode.Tree(reader.Metadata!.Schema, out leaves));
        var number = 0L;
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            var columns = Guard(() => Columns(reader, reader.OpenRowGroupReader(group), leaves!, new(stream, stream.DataLength)));
            var rows = reader.RowGroups[group].RowCount;
            for (var row = 0L; row < rows; row++, number++)
            {
                var (document, fault) = Guard(() => RowOf(fields, leaves!, columns));
                using (document)
                    yield return new($"{path}: row {number}", number, document is null ? default : new(document.RootElement), fault);
            }
            Guard(() => columns.Any(column => column is { HasNext: true })
                ? throw new InvalidDataException("its columns differ in the number of rows") : 0);
        }
    }

    private static SplicedStream Splice(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        Span<byte> end = stackalloc byte[Frame];
        Span<byte> start = stackalloc byte[4];
        if (length < 4 + Frame || RandomAccess.Read(file, end, length - Frame) < Frame || RandomAccess.Read(file, start, 0) < 4
            || !start.SequenceEqual(Mark) || !end[4..].SequenceEqual(Mark))
            throw new InvalidDataException("does not begin and end as a Parquet file does: it is none, or cut short");
        var footerLength = BinaryPrimitives.ReadUInt32LittleEndian(end);
        if (footerLength > length - 4 - Frame || footerLength > MostFooterBytes)
            throw new InvalidDataException($"claims metadata of {footerLength} bytes; it has {length} bytes, and "
                + $"at most {MostFooterBytes} of metadata are read");
        var footer = new byte[footerLength];
        if (RandomAccess.Read(file, footer, length - Frame - footerLength) < footerLength)
            throw new InvalidDataException("became shorter while it was read");
        var copy = FooterCopy.Of(footer);
        var framed = new byte[copy.Length + Frame];
        copy.CopyTo(framed, 0);
        BinaryPrimitives.WriteInt32LittleEndian(framed.AsSpan(copy.Length), copy.Length);
        Mark.CopyTo(framed.AsSpan(copy.Length + 4));
        return new(file, length - Frame - footerLength, framed);
    }

    private static ColumnValues?[] Columns(ParquetReader reader, ParquetRowGroupReader group, List<ColumnNode> leaves, PageChecks checks)
    {
        var fields = reader.Schema.GetDataFields();
        if (fields.Length != leaves.Count) throw new InvalidDataException("has a schema that is not read");
        var columns = new ColumnValues?[leaves.Count];
        // A row takes an entry of each column at least.
        if (leaves.Count == 0 && group.RowCount > 0) throw new InvalidDataException("has rows without columns");
        for (var i = 0; i < columns.Length; i++)
        {
            var (field, leaf) = (fields[i], leaves[i]);
            try
            {
                if (field.MaxDefinitionLevel != leaf.Definition || field.MaxRepetitionLevel != leaf.Repetition
                    || !field.Path.ToList().SequenceEqual(leaf.Path))
                    throw new InvalidDataException("is nested in a way that is not read");
                if (group.GetMetadata(field)?.MetaData is not { } metadata) throw new InvalidDataException("is missing in a row group");
                if (metadata.NumValues < group.RowCount)
                    throw new InvalidDataException($"claims {metadata.NumValues} values of {group.RowCount} rows");
                if (metadata.Type is Parquet.Meta.Type.INT96 or Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY) continue;
                checks.Check(metadata, leaf.Repetition > 0);
                columns[i] = ColumnValues.Read(group, field, (int)metadata.NumValues);
            }
            catch (Exception e)
            {
                throw new InvalidDataException(
                    $"column {string.Join('.', leaf.Path)} {(e is InvalidDataException ? e.Message : "is damaged: " + e.Message)}", e);
            }
        }
        return columns;
    }

    private static (JsonDocument? Row, string? Fault) RowOf(
        IReadOnlyList<ColumnNode> fields, List<ColumnNode> leaves, ColumnValues?[] columns)
    {
        if (columns.Any(column => column is { Repetition: > 0 }))
            throw new InvalidDataException("has lists that begin in the middle of a row");
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var field in fields)
            {
                if (NestedValue.First(field, columns) is null) continue;
                json.WritePropertyName(field.Name);
                NestedValue.Write(field, columns, json);
            }
            json.WriteEndObject();
        }
        if (Array.FindIndex(columns, column => column is { NoText: true }) is >= 0 and var bad)
        {
            columns[bad]!.NoText = false;
            return (null, $"\"{string.Join('.', leaves[bad].Path)}\" is not valid UTF-8");
        }
        return (JsonDocument.Parse(bytes.ToArray()), null);
    }

    // The package throws whatever comes of what a damaged file makes it do.
    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e)
        {
            throw new InvalidDataException(
                $"{path}: {(e is InvalidDataException ? e.Message : "is damaged: " + e.Message).ReplaceLineEndings(" ")}", e);
        }
    }
}
