namespace AttnPo.Gpu.Generation;

/// <summary>A language model that continues a batch of sequences token by token. What it returns is valid until the next call.</summary>
internal interface IBatchedModel
{
    /// <summary>Size of a row of logits.</summary>
    int VocabularySize { get; }

    /// <summary>Longest sequence, prompt and response together.</summary>
    int LongestSequence { get; }

    /// <summary>
    /// Begins a batch. Slot i continues prompt i / samplesPerPrompt; the answer holds one row of logits for each prompt.
    /// </summary>
    ReadOnlySpan<float> Begin(IReadOnlyList<int[]> prompts, int samplesPerPrompt);

    /// <summary>Moves sequences to other slots and forgets the slots from width on.</summary>
    void Arrange(IReadOnlyList<SlotMove> moves, int width);

    /// <summary>Appends a token to the sequence of each slot, at its position in the sequence; one row of logits for each slot.</summary>
    ReadOnlySpan<float> Append(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions);
}
