using AttnPo.Gpu.Generation;

namespace AttnPo.Gpu.Tests.Generation;

/// <summary>
/// A model whose logits are a pure function of a sequence's tokens. It keeps whole sequences by slot, as a cache would, so that
/// a wrong move or position shows in what it says.
/// </summary>
internal sealed class FakeModel(Func<IReadOnlyList<int>, float[]> logitsOf, int vocabularySize, int longestSequence = 64) : IBatchedModel
{
    private List<int>[] _slots = [];

    public int VocabularySize => vocabularySize;

    public int LongestSequence => longestSequence;

    public int Workers => 1;

    public bool MovesAreFree { get; init; }

    public List<int> Widths { get; } = [];

    public void Begin(IReadOnlyList<int[]> prompts, int samplesPerPrompt, LogitsReader reader)
    {
        _slots = [.. prompts.SelectMany(p => Enumerable.Range(0, samplesPerPrompt).Select(_ => p.ToList()))];
        for (var prompt = 0; prompt < prompts.Count; prompt++) reader(0, prompt, logitsOf(prompts[prompt]));
    }

    public void Arrange(IReadOnlyList<SlotMove> moves, int width)
    {
        foreach (var (from, to) in moves) _slots[to] = _slots[from];
        _slots = _slots[..width];
    }

    public void Append(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, LogitsReader reader)
    {
        if (tokens.Length != _slots.Length) throw new InvalidOperationException("one token for each slot");
        Widths.Add(tokens.Length);
        for (var slot = 0; slot < tokens.Length; slot++)
        {
            // A finished row that still has its slot stays at its last position.
            if (positions[slot] == _slots[slot].Count) _slots[slot].Add(tokens[slot]);
            else if (positions[slot] != _slots[slot].Count - 1) throw new InvalidOperationException("positions go on by one");
            if (_slots[slot].Count > longestSequence) throw new InvalidOperationException("a sequence is too long");
            reader(0, slot, logitsOf(_slots[slot]));
        }
    }
}
