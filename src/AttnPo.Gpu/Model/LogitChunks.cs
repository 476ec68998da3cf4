namespace AttnPo.Gpu.Model;

/// <summary>Cuts rows so that one chunk's logits over the whole vocabulary stay small, whatever the vocabulary.</summary>
internal static class LogitChunks
{
    public const int Elements = 1 << 24;

    public static IEnumerable<(int Start, int Count)> Of(int rows, int vocabularySize, long elements = Elements)
    {
        var size = (int)Math.Clamp(elements / vocabularySize, 1, Math.Max(1, rows));
        for (var start = 0; start < rows; start += size) yield return (start, Math.Min(size, rows - start));
    }
}
