namespace AttnPo.Gpu;

/// <summary>
/// The optimizer's side of the policy. Blind to the algorithm: step credit has become a weight for each token before it arrives.
/// Calls come from one thread at a time.
/// </summary>
public interface ITrainer : IDisposable
{
    /// <summary>Number of updates made since the start of the run; the version that <see cref="IGenerator.LoadPolicy"/> names.</summary>
    long PolicyVersion { get; }

    /// <summary>Adds the gradient of the summed (not averaged) policy loss of the samples to what has accumulated.</summary>
    LossSums Accumulate(IReadOnlyList<TrainingSample> samples, CancellationToken cancellation = default);

    /// <summary>
    /// Divides the accumulated gradient by the token count, clips it, makes one optimizer update, clears it, and publishes the
    /// new version to the policy store.
    /// </summary>
    /// <param name="learningRate">Of this update.</param>
    /// <param name="tokenCount">All response tokens of the step, also of groups that brought no gradient (token-mean).</param>
    UpdateReport Update(double learningRate, long tokenCount);

    /// <summary>Forgets what has accumulated.</summary>
    void DiscardGradients();

    /// <summary>Writes weights (Hugging Face layout) and optimizer state into an existing, empty directory, flushed to disk.</summary>
    void SaveCheckpoint(string directory);

    /// <summary>Takes weights, optimizer state and policy version from a directory and publishes that version.</summary>
    void LoadCheckpoint(string directory);
}

/// <summary>A response to train on.</summary>
/// <param name="Prompt">Prompt token ids.</param>
/// <param name="Response">Response token ids.</param>
/// <param name="TokenWeights">The advantage of each response token, step credit applied; empty where <see cref="TrainingSample.Attention"/> gives them.</param>
/// <param name="OldLogProbs">Log-probabilities under the policy that sampled, for the PPO ratio. Null where one update is made on-policy: the ratio is 1.</param>
/// <param name="GeneratorLogProbs">Log-probabilities as the generator reported them, to measure the gap; null: not measured.</param>
public sealed record TrainingSample(
    int[] Prompt, int[] Response, float[] TokenWeights, float[]? OldLogProbs = null, float[]? GeneratorLogProbs = null)
{
    /// <summary>Attention of the very forward pass that trains, from which the weights are made. Null: they are given.</summary>
    public AttentionReading? Attention { get; init; }
}

/// <summary>Sums over the response tokens of the samples of a call.</summary>
/// <param name="Loss">Sum of the clipped surrogate loss.</param>
/// <param name="NegativeLogLikelihood">Sum of -log p.</param>
/// <param name="Entropy">Sum of entropies in nats.</param>
/// <param name="Tokens">Response tokens.</param>
/// <param name="ClippedTokens">Tokens whose ratio was clipped.</param>
/// <param name="LogProbGap">Sum of |trainer - generator| log-probability, 0 where not measured.</param>
/// <param name="MaxLogProbGap">Largest of these.</param>
/// <param name="Positions">Positions of the sequences that were computed.</param>
/// <param name="PaddedPositions">The same with padding.</param>
/// <param name="Reading">Time that reading attention took, of the call's.</param>
public sealed record LossSums(
    double Loss, double NegativeLogLikelihood, double Entropy, long Tokens, long ClippedTokens, double LogProbGap, double MaxLogProbGap,
    long Positions, long PaddedPositions, TimeSpan Reading)
{
    /// <summary>Of no token.</summary>
    public static LossSums None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Of the tokens of both.</summary>
    public LossSums Plus(LossSums other) => new(
        Loss + other.Loss,
        NegativeLogLikelihood + other.NegativeLogLikelihood,
        Entropy + other.Entropy,
        Tokens + other.Tokens,
        ClippedTokens + other.ClippedTokens,
        LogProbGap + other.LogProbGap,
        Math.Max(MaxLogProbGap, other.MaxLogProbGap),
        Positions + other.Positions,
        PaddedPositions + other.PaddedPositions,
        Reading + other.Reading);
}

/// <summary>One update.</summary>
/// <param name="PolicyVersion">The version it made.</param>
/// <param name="GradientNorm">Before clipping.</param>
public sealed record UpdateReport(long PolicyVersion, double GradientNorm);
