using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>
/// Trains a decoder in place. Micro-batches are a function of the samples of a call alone, so the same calls in the same order
/// give the same weights, bit for bit. After an exception out of <see cref="Accumulate"/> what has accumulated is not whole:
/// discard it.
/// </summary>
public sealed class Trainer : ITrainer
{
    private const string OptimizerFile = "optimizer.safetensors";
    private const string VersionKey = "policy_version";

    private readonly HuggingFaceModel _model;
    private readonly OptimizerSettings _settings;
    private readonly PolicyStore _store;
    private readonly Lock _weights;
    private readonly AdamW _optimizer;
    private readonly GradientPass _pass;

    internal Trainer(HuggingFaceModel model, OptimizerSettings settings, PolicyStore store, Lock weights)
    {
        settings.Validate();
        (_model, _settings, _store, _weights) = (model, settings, store, weights);
        _optimizer = new AdamW(model.Decoder, settings);
        _pass = new GradientPass(model.Decoder, settings);
        // Held from the start: made anew in each step they would lie between activations, and memory would fall into pieces.
        using var scope = NewDisposeScope();
        foreach (var (_, weight) in model.Decoder.Weights) _ = Gradients.Of(weight);
        _store.Publish(PolicyVersion, model.Decoder);
    }

    /// <inheritdoc/>
    public long PolicyVersion { get; private set; }

    /// <inheritdoc/>
    public LossSums Accumulate(IReadOnlyList<TrainingSample> samples, CancellationToken cancellation = default)
    {
        var sequences = samples.Select(s => new TokenSequence(s.Prompt, s.Response)).ToArray();
        for (var i = 0; i < samples.Count; i++)
        {
            sequences[i].Require(_model.Decoder.Config, i);
            RequireLengths(samples[i], i);
            if (samples[i].Attention is { } attention) attention.Require(samples[i].Response.Length, _model.Decoder.Config, i);
        }
        var heads = AttentionReading.HeadsOf(samples);
        var sums = LossSums.None;
        lock (_weights)
        {
            foreach (var members in SequenceBatch.Plan(sequences, _settings.MicroBatchTokens))
            {
                cancellation.ThrowIfCancellationRequested();
                sums = sums.Plus(_pass.Run(samples, sequences, members, heads));
            }
        }
        return sums;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The gradient is not finite; the weights are as they were.</exception>
    public UpdateReport Update(double learningRate, long tokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokenCount);
        if (!(learningRate >= 0) || !double.IsFinite(learningRate))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "expected a number, not negative");
        lock (_weights)
        {
            var norm = GradientNorm() / tokenCount;
            if (!double.IsFinite(norm))
                throw new InvalidOperationException($"the gradient of the update after policy version {PolicyVersion} is not finite");
            var clip = Math.Min(1, _settings.ClipNorm / (norm + 1e-6));
            _optimizer.Update(learningRate, clip / tokenCount);
            DiscardGradients();
            _store.Publish(++PolicyVersion, _model.Decoder);
            return new UpdateReport(PolicyVersion, norm);
        }
    }

    /// <inheritdoc/>
    public void DiscardGradients()
    {
        using var scope = NewDisposeScope();
        _model.Decoder.zero_grad(set_to_none: false);
    }

    /// <inheritdoc/>
    public void SaveCheckpoint(string directory)
    {
        lock (_weights)
        {
            _model.Save(directory);
            _optimizer.Save(
                Path.Combine(directory, OptimizerFile),
                new Dictionary<string, string> { [VersionKey] = PolicyVersion.ToString() });
        }
    }

    /// <inheritdoc/>
    public void LoadCheckpoint(string directory)
    {
        // Both files are checked whole before a weight is touched.
        using var weights = HuggingFaceModel.OpenWeightsFor(_model.Decoder, directory);
        using var state = _optimizer.Open(Path.Combine(directory, OptimizerFile));
        var version = state.RequireNumber(VersionKey);
        lock (_weights)
        {
            HuggingFaceModel.Fill(_model.Decoder, weights);
            _optimizer.Load(state);
            DiscardGradients();
            PolicyVersion = version;
            _store.Publish(version, _model.Decoder);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private double GradientNorm()
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var squares = 0.0;
        foreach (var (_, weight) in _model.Decoder.Weights)
        {
            if (weight.grad is not { } gradient) continue;
            var norm = linalg.vector_norm(gradient).ToDouble();
            squares += norm * norm;
        }
        return Math.Sqrt(squares);
    }

    private static void RequireLengths(TrainingSample sample, int index)
    {
        if (sample.Attention is null) Require(sample.TokenWeights, nameof(sample.TokenWeights));
        else if (sample.TokenWeights.Length > 0) throw new ArgumentException($"sample {index}: has weights and attention to make them of");
        Require(sample.OldLogProbs, nameof(sample.OldLogProbs));
        Require(sample.GeneratorLogProbs, nameof(sample.GeneratorLogProbs));

        void Require(float[]? values, string name)
        {
            if (values is not null && values.Length != sample.Response.Length)
                throw new ArgumentException($"sample {index}: {values.Length} {name} for {sample.Response.Length} response tokens");
        }
    }
}
