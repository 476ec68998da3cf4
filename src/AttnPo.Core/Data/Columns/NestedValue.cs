using System.Text.Json;

namespace AttnPo.Core.Data.Columns;

/// <summary>
/// Puts a field of one row together from its columns: what is there, and which item of which list a value is, stands in their levels.
/// </summary>
internal static class NestedValue
{
    /// <summary>The first column of a field that is read; null where none is.</summary>
    public static ColumnValues? First(ColumnNode node, ColumnValues?[] columns) => node.Column >= 0
        ? columns[node.Column] : node.Children.Select(child => First(child, columns)).FirstOrDefault(column => column is not null);

    /// <summary>Writes a field whose parent is there.</summary>
    public static void Write(ColumnNode node, ColumnValues?[] columns, Utf8JsonWriter json)
    {
        if (node.Repeats) WriteItems(node, node, columns, json);
        else WriteOne(node, columns, json);
    }

    private static void WriteOne(ColumnNode node, ColumnValues?[] columns, Utf8JsonWriter json)
    {
        if (node.Column >= 0)
        {
            columns[node.Column]!.Write(json);
        }
        else if (First(node, columns)!.Definition < node.Definition)
        {
            Pass(node, columns);
            json.WriteNullValue();
        }
        else if (node.IsList)
        {
            // Writers put a struct with one field around each item, or none.
            var items = node.Children[0];
            WriteItems(items, items.Children is [var item] ? item : items, columns, json);
        }
        else
        {
            WriteObject(node, columns, json);
        }
    }

    private static void WriteItems(ColumnNode list, ColumnNode item, ColumnValues?[] columns, Utf8JsonWriter json)
    {
        var first = First(list, columns)!;
        json.WriteStartArray();
        if (first.Definition < list.Definition)
        {
            Pass(list, columns);
        }
        else
        {
            do
            {
                if (item != list) Write(item, columns, json);
                else if (list.Column >= 0) first.Write(json);
                else WriteObject(list, columns, json);
            }
            while (first.Repetition == list.Repetition);
        }
        json.WriteEndArray();
    }

    private static void WriteObject(ColumnNode node, ColumnValues?[] columns, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var child in node.Children)
        {
            if (First(child, columns) is null) continue;
            json.WritePropertyName(child.Name);
            Write(child, columns, json);
        }
        json.WriteEndObject();
    }

    // What is not there takes an entry in each of its columns.
    private static void Pass(ColumnNode node, ColumnValues?[] columns)
    {
        if (node.Column >= 0) columns[node.Column]?.Write(null);
        foreach (var child in node.Children) Pass(child, columns);
    }
}
