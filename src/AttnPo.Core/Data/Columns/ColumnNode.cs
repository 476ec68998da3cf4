using Parquet.Meta;

namespace AttnPo.Core.Data.Columns;

/// <summary>A field of a Parquet schema: a value, an object, or a list, with the levels by which nested values are told apart.</summary>
internal sealed class ColumnNode
{
    private const int Deepest = 16;

    private ColumnNode(SchemaElement element, IReadOnlyList<string> path, int definition, int repetition)
    {
        Name = element.Name;
        Path = path;
        Repeats = element.RepetitionType == FieldRepetitionType.REPEATED;
        Definition = definition + (element.RepetitionType is FieldRepetitionType.OPTIONAL or FieldRepetitionType.REPEATED ? 1 : 0);
        Repetition = repetition + (Repeats ? 1 : 0);
    }

    /// <summary>Its name among its parent's children.</summary>
    public string Name { get; }

    /// <summary>Names from the top to it.</summary>
    public IReadOnlyList<string> Path { get; }

    /// <summary>Whether it stands for any number of values.</summary>
    public bool Repeats { get; }

    /// <summary>Whether it is a list whose one child repeats: the child stands for its items.</summary>
    public bool IsList { get; private set; }

    /// <summary>The definition level from which on it is there (a repeated one: has an item).</summary>
    public int Definition { get; }

    /// <summary>The repetition level of its items.</summary>
    public int Repetition { get; }

    /// <summary>Its children; empty for a column.</summary>
    public IReadOnlyList<ColumnNode> Children { get; private set; } = [];

    /// <summary>The column's place among all columns; -1 for what has children.</summary>
    public int Column { get; private set; } = -1;

    /// <summary>The fields of a file.</summary>
    /// <param name="schema">As the footer has it, its root first.</param>
    /// <param name="columns">The columns among them, in order.</param>
    /// <exception cref="InvalidDataException">It is no schema; the message continues the file's name.</exception>
    public static IReadOnlyList<ColumnNode> Tree(IReadOnlyList<SchemaElement> schema, out List<ColumnNode> columns)
    {
        columns = [];
        if (schema.Count == 0) throw new InvalidDataException("has no schema");
        var next = 1;
        var fields = ChildrenOf(schema[0], schema, ref next, [], 0, 0, columns);
        return next == schema.Count ? fields : throw new InvalidDataException("has a schema with fields that belong nowhere");
    }

    private static List<ColumnNode> ChildrenOf(
        SchemaElement parent, IReadOnlyList<SchemaElement> schema, ref int next, IReadOnlyList<string> path,
        int definition, int repetition, List<ColumnNode> columns)
    {
        if (path.Count > Deepest) throw new InvalidDataException($"has a schema nested more than {Deepest} deep");
        var children = new List<ColumnNode>();
        for (var left = parent.NumChildren ?? 0; left > 0; left--)
        {
            if (next >= schema.Count) throw new InvalidDataException("has a schema that ends too early");
            var element = schema[next++];
            var node = new ColumnNode(element, [.. path, element.Name], definition, repetition);
            if (element.NumChildren is > 0)
            {
                node.Children = ChildrenOf(element, schema, ref next, node.Path, node.Definition, node.Repetition, columns);
                node.IsList = !node.Repeats && node.Children is [{ Repeats: true } only]
                    && (element.ConvertedType == ConvertedType.LIST || only.Name == "list");
            }
            else
            {
                node.Column = columns.Count;
                columns.Add(node);
            }
            children.Add(node);
        }
        return children;
    }
}
