using System.Text;

namespace AttnPo.Core.Verification.Reference;

/// <summary>The text of a part, and where its cells and rows end.</summary>
internal sealed class LatexPart
{
    // Matrices within matrices would grow without end.
    private const int LargestMatrix = 1 << 15;

    private readonly StringBuilder _all = new(), _cell = new();
    private readonly List<List<string>> _rows = [[]];
    private bool _cellHasContent;

    public void Append(string text)
    {
        _all.Append(text);
        _cell.Append(text);
        _cellHasContent = true;
    }

    public void EndCell(string written)
    {
        _all.Append(written);
        // A cell that not even a space stands in is none.
        if (_cellHasContent) _rows[^1].Add(_cell.ToString().Trim());
        _cell.Clear();
        _cellHasContent = false;
    }

    public void EndRow(string written)
    {
        EndCell(written);
        _rows.Add([]);
    }

    /// <summary>As a matrix: all cells as wide as the widest. Null without a cell, and where it is too large.</summary>
    public string? AsMatrix()
    {
        EndCell("");
        if (_rows.TrueForAll(row => row.Count == 0)) return null;
        var width = _rows.SelectMany(row => row).Max(cell => cell.Length);
        if (width * _rows.Sum(row => row.Count) > LargestMatrix) return null;
        return $"[ {string.Join("; ", _rows.Select(row => string.Join(' ', row.Select(cell => cell.PadLeft(width)))))} ]";
    }

    public override string ToString() => _all.ToString();
}
