namespace AttnPo.Gpu.Generation;

/// <summary>Reads what a model computed. Called on the model's threads, one row after another for each worker.</summary>
/// <param name="worker">Number of the calling worker.</param>
/// <param name="row">The prompt's index after <see cref="IBatchedModel.Begin"/>, else the slot.</param>
/// <param name="logits">Valid during the call.</param>
internal delegate void LogitsReader(int worker, int row, ReadOnlySpan<float> logits);

/// <summary>A language model that continues a batch of sequences token by token.</summary>
internal interface IBatchedModel
{
    /// <summary>Size of a row of logits.</summary>
    int VocabularySize { get; }

    /// <summary>Longest sequence, prompt and response together.</summary>
    int LongestSequence { get; }

    /// <summary>Callers of a reader that there may be at once.</summary>
    int Workers { get; }

    /// <summary>Whether a finished row costs more in the batch than its leaving: moves are free.</summary>
    bool MovesAreFree { get; }

    /// <summary>Begins a batch. Slot i continues prompt i / samplesPerPrompt. Shows the logits after each prompt.</summary>
    void Begin(IReadOnlyList<int[]> prompts, int samplesPerPrompt, LogitsReader reader);

    /// <summary>Moves sequences to other slots and forgets the slots from width on.</summary>
    void Arrange(IReadOnlyList<SlotMove> moves, int width);

    /// <summary>Appends a token to the sequence of each slot, at its position in the sequence. Shows the logits of each slot.</summary>
    void Append(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, LogitsReader reader);
}
