namespace AttnPo.Host.Rows;

/// <summary>Positions in a text as files count them, in Unicode code points, from positions in process, in UTF-16 units. Ask in ascending order.</summary>
internal struct CodePoints(string text)
{
    private int _unit;
    private int _point;

    /// <summary>How many code points stand before a UTF-16 index.</summary>
    public int At(int unit)
    {
        if (unit < _unit) (_unit, _point) = (0, 0);
        for (; _unit < unit; _point++)
            _unit += _unit + 1 < text.Length && char.IsSurrogatePair(text[_unit], text[_unit + 1]) ? 2 : 1;
        return _point;
    }
}
