namespace AttnPo.Gpu.Generation.Processor;

/// <summary>
/// Keys and values of many sequences in pages of a fixed number of positions. The samples of a prompt share its full pages; each
/// adds pages of its own as it grows and gives them back when it ends. Memory is kept for the next batch. Not safe from several
/// threads, except for reading what is there.
/// </summary>
internal sealed unsafe class PagedCache(CacheShape shape) : IDisposable
{
    private readonly List<FloatBuffer> _all = [];
    private readonly Stack<nint> _free = new();

    public CacheShape Shape => shape;

    /// <summary>Pages that exist, in use or not.</summary>
    public int PageCount => _all.Count;

    /// <summary>Forgets every sequence.</summary>
    public void Clear()
    {
        _free.Clear();
        foreach (var page in _all) _free.Push((nint)page.Pointer);
    }

    /// <summary>Makes room in a sequence for a number of positions.</summary>
    public void Extend(PagedSequence sequence, int positions)
    {
        while (sequence.Pages.Count * CacheShape.PagePositions < positions) sequence.Pages.Add(Rent());
    }

    /// <summary>Another sequence that begins with the first positions of one: full pages are shared, the last is copied.</summary>
    public PagedSequence Fork(PagedSequence source, int positions)
    {
        var full = positions / CacheShape.PagePositions;
        var fork = new PagedSequence { SharedPages = full };
        fork.Pages.AddRange(source.Pages.Take(full));
        if (positions > full * CacheShape.PagePositions)
        {
            var page = Rent();
            new ReadOnlySpan<float>((float*)source.Pages[full], shape.PageLength).CopyTo(new Span<float>((float*)page, shape.PageLength));
            fork.Pages.Add(page);
        }
        return fork;
    }

    /// <summary>Gives back the pages that belong to the sequence alone.</summary>
    public void Release(PagedSequence sequence)
    {
        for (var page = sequence.SharedPages; page < sequence.Pages.Count; page++) _free.Push(sequence.Pages[page]);
        sequence.Pages.Clear();
    }

    public void Dispose()
    {
        foreach (var page in _all) page.Dispose();
        _all.Clear();
        _free.Clear();
    }

    private nint Rent()
    {
        if (_free.TryPop(out var page)) return page;
        var added = new FloatBuffer(shape.PageLength);
        _all.Add(added);
        return (nint)added.Pointer;
    }
}

/// <summary>The pages of one sequence, in the order of positions.</summary>
internal sealed class PagedSequence
{
    public List<nint> Pages { get; } = [];

    /// <summary>Leading pages that other sequences read too.</summary>
    public int SharedPages { get; init; }
}
