using System.Collections;

namespace AttnPo.Host.Ledger;

/// <summary>The last few of many.</summary>
/// <param name="kept">How many are kept.</param>
internal sealed class Tail<T>(int kept) : IEnumerable<T>
{
    private readonly LinkedList<T> _last = [];

    /// <summary>How many there were in all.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them are not kept.</summary>
    public long Left => Count - _last.Count;

    /// <summary>Adds one; the oldest goes where there are too many.</summary>
    public void Add(T item)
    {
        Count++;
        _last.AddLast(item);
        if (_last.Count > kept) _last.RemoveFirst();
    }

    /// <summary>Puts another in the place of each that meets a condition.</summary>
    public void Change(Func<T, bool> isMeant, Func<T, T> change)
    {
        for (var node = _last.First; node is not null; node = node.Next)
            if (isMeant(node.Value)) node.Value = change(node.Value);
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _last.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
