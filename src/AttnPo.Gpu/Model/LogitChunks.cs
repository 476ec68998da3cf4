namespace AttnPo.Gpu.Model;

/// <summary>Cuts rows so that one chunk's logits over the whole vocabulary stay small, whatever the vocabulary.</summary>
internal static class LogitChunks
{
    private const int Elements = 1 << 24;

    public static IEnumerable<(int Start, int Count)> Of(int rows, int vocabularySize)
    {
        var size = Math.Max(1, Elements / vocabularySize);
        for (var start = 0; start < rows; start += size) yield return (start, Math.Min(size, rows - start));
    }
}
