namespace AttnPo.Gpu.Model;

/// <summary>A prompt and the response to it, as the decoder reads them: one after the other.</summary>
internal readonly record struct TokenSequence(int[] Prompt, int[] Response)
{
    public int Length => Prompt.Length + Response.Length;

    /// <summary>Refuses ids and lengths the model does not know, before they reach native code.</summary>
    public void Require(ModelConfig config, int index)
    {
        if (Prompt.Length == 0) throw new ArgumentException($"sequence {index}: the prompt is empty");
        if (Response.Length == 0) throw new ArgumentException($"sequence {index}: the response is empty");
        if (Length > config.MaxPositions)
            throw new ArgumentException($"sequence {index}: {Length} tokens are more than the model's limit of {config.MaxPositions}");
        RequireIds(Prompt, config, index);
        RequireIds(Response, config, index);
    }

    private static void RequireIds(int[] ids, ModelConfig config, int index)
    {
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)config.VocabularySize)
                throw new ArgumentException($"sequence {index}: token {id} is not below the vocabulary size {config.VocabularySize}");
        }
    }
}
