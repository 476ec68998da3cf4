using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>
/// Sequences of similar length as one padded tensor. The response tokens of all of them, one sequence after the other, are
/// counted as rows: for each, the position whose output predicts it, and the token itself. The last token, which predicts nothing, is
/// computed too: it looks back like any other of the answer.
/// </summary>
internal sealed class SequenceBatch
{
    private SequenceBatch(IReadOnlyList<int> members, Tensor ids, Tensor positions, Tensor targets, int rows)
    {
        (Members, Ids, Positions, Targets, Rows) = (members, ids, positions, targets, rows);
    }

    /// <summary>Which of the caller's sequences these are.</summary>
    public IReadOnlyList<int> Members { get; }

    /// <summary>(B, T)</summary>
    public Tensor Ids { get; }

    /// <summary>(rows) in the flattened (B, T).</summary>
    public Tensor Positions { get; }

    /// <summary>(rows)</summary>
    public Tensor Targets { get; }

    public int Rows { get; }

    /// <summary>Most of a batch that may be padding.</summary>
    private const double LargestPaddingShare = 0.1;

    /// <summary>
    /// Cuts sequences into batches of at most so many positions, padding included, by length and then by index, so that like
    /// lengths meet and the same input always gives the same batches. A batch ends where the next sequence would make a tenth of
    /// it padding. A sequence longer than the budget gets its own.
    /// </summary>
    public static IEnumerable<int[]> Plan(IReadOnlyList<TokenSequence> sequences, int tokenBudget)
    {
        var order = Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Length).ThenBy(i => i);
        var batch = new List<int>();
        var filled = 0L;
        foreach (var index in order)
        {
            // Sorted, the next one is the longest of the batch it joins.
            var length = sequences[index].Length;
            var positions = (batch.Count + 1L) * length;
            if (batch.Count > 0 && (positions > tokenBudget || filled + length < (1 - LargestPaddingShare) * positions))
            {
                yield return [.. batch];
                batch.Clear();
                filled = 0;
            }
            batch.Add(index);
            filled += length;
        }
        if (batch.Count > 0) yield return [.. batch];
    }

    /// <summary>Tensors belong to the caller's dispose scope.</summary>
    /// <param name="sequences">All sequences of the call.</param>
    /// <param name="members">Those of the batch.</param>
    /// <param name="device">Where the tensors live.</param>
    public static SequenceBatch Of(IReadOnlyList<TokenSequence> sequences, IReadOnlyList<int> members, Device device)
    {
        var width = members.Max(m => sequences[m].Length);
        var rows = members.Sum(m => sequences[m].Response.Length);
        var ids = new long[members.Count * width];
        var positions = new long[rows];
        var targets = new long[rows];
        var row = 0;
        for (var b = 0; b < members.Count; b++)
        {
            var (prompt, response) = sequences[members[b]];
            var start = b * width;
            for (var i = 0; i < prompt.Length; i++) ids[start + i] = prompt[i];
            for (var i = 0; i < response.Length; i++) ids[start + prompt.Length + i] = response[i];
            for (var i = 0; i < response.Length; i++, row++)
            {
                positions[row] = start + prompt.Length + i - 1;
                targets[row] = response[i];
            }
        }
        return new SequenceBatch(
            members, tensor(ids, [members.Count, width], device: device), tensor(positions, device: device),
            tensor(targets, device: device), rows);
    }
}
