using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Parquet;
using Parquet.Schema;

namespace AttnPo.Core.Data.Columns;

/// <summary>A column of one row group, read from its first value to its last.</summary>
internal abstract class ColumnValues(int values, DataField field)
{
    private readonly int[]? _definition = field.MaxDefinitionLevel > 0 ? new int[values] : null;
    private readonly int[]? _repetition = field.MaxRepetitionLevel > 0 ? new int[values] : null;
    private readonly int _defined = field.MaxDefinitionLevel;
    private int _entry, _value;

    /// <summary>As the package knows the column.</summary>
    private protected DataField Field { get; } = field;

    /// <summary>Whether there is another entry: a value, or what stands in the place of one.</summary>
    public bool HasNext => _entry < values;

    /// <summary>The next entry's definition level.</summary>
    public int Definition => !HasNext ? throw Short() : _definition?[_entry] ?? 0;

    /// <summary>The next entry's repetition level; 0 at a new row and at the end.</summary>
    public int Repetition => HasNext ? _repetition?[_entry] ?? 0 : 0;

    /// <summary>Whether a text was met that is none: not valid UTF-8. Null was written in its place.</summary>
    public bool NoText { get; set; }

    /// <summary>Passes over the next entry; writes its value, or null where it has none.</summary>
    public void Write(Utf8JsonWriter? json)
    {
        if (Definition < _defined)
        {
            json?.WriteNullValue();
        }
        else
        {
            if (json is not null) WriteValue(json, _value);
            _value++;
        }
        _entry++;
    }

    /// <summary>Decodes a column; null where its values are of a type that is not read.</summary>
    public static ColumnValues? Read(ParquetRowGroupReader group, DataField field, int values)
    {
        ColumnValues? column = field.ClrType switch
        {
            var type when type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) =>
                new Column<ReadOnlyMemory<byte>>(values, field, WriteText),
            var type when type == typeof(bool) => new Column<bool>(values, field, static (_, json, value) => json.WriteBooleanValue(value)),
            var type when type == typeof(int) => new Column<int>(values, field, static (_, json, value) => json.WriteNumberValue(value)),
            var type when type == typeof(long) => new Column<long>(values, field, static (_, json, value) => json.WriteNumberValue(value)),
            var type when type == typeof(float) => new Column<float>(
                values, field, static (column, json, value) => WriteReal(column, json, value)),
            var type when type == typeof(double) => new Column<double>(values, field, WriteReal),
            _ => null,
        };
        column?.Fill(group);
        return column;
    }

    /// <summary>Decodes all of it.</summary>
    private protected abstract void Fill(ParquetRowGroupReader group);

    private protected abstract void WriteValue(Utf8JsonWriter json, int at);

    private static void WriteText(ColumnValues column, Utf8JsonWriter json, ReadOnlyMemory<byte> text)
    {
        if (Utf8.IsValid(text.Span))
        {
            json.WriteStringValue(text.Span);
            return;
        }
        column.NoText = true;
        json.WriteNullValue();
    }

    // A whole number of this type keeps its point, as files of JSON have it.
    private static void WriteReal(ColumnValues column, Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value)) json.WriteNullValue();
        else if (value == Math.Floor(value) && Math.Abs(value) < 1e15)
            json.WriteRawValue(value.ToString("0.0", CultureInfo.InvariantCulture));
        else json.WriteNumberValue(value);
    }

    private static InvalidDataException Short() => new("its columns differ in the number of rows");

    private sealed class Column<T>(int count, DataField field, Action<ColumnValues, Utf8JsonWriter, T> write) : ColumnValues(count, field)
        where T : struct
    {
        private readonly T[] _values = new T[count];

        private protected override void Fill(ParquetRowGroupReader group) =>
            group.ReadRawAsync(Field, _values.AsMemory(), _definition?.AsMemory(), _repetition?.AsMemory())
                .AsTask().GetAwaiter().GetResult();

        private protected override void WriteValue(Utf8JsonWriter json, int at)
        {
            if (at >= _values.Length) throw Short();
            write(this, json, _values[at]);
        }
    }
}
