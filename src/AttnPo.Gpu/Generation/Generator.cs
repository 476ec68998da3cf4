using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation.Processor;
using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation;

/// <summary>
/// The generator over weights of its own, so that it decodes while the trainer works on the next version. One decoding batch
/// takes whole prompts with all their samples, in the order of the request, up to a number of rows.
/// </summary>
public sealed class Generator : IGenerator
{
    private readonly PolicyStore? _store;
    private readonly IPolicyModel _model;
    private readonly int _maximumRows;
    private long? _version;

    /// <param name="store">Where the versions of the policy are published.</param>
    /// <param name="config">Shape of the policy.</param>
    /// <param name="device">Where to compute: <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    /// <param name="maximumRows">Responses decoded at once; what a request has more waits for the next batch.</param>
    /// <param name="format">How its copy of the weights is held.</param>
    public Generator(
        PolicyStore store, ModelConfig config, string device = "cpu", int maximumRows = 256, NumberFormat format = NumberFormat.Float32)
        : this(store, ModelFor(config, TorchSharp.torch.device(device), format), maximumRows)
    {
    }

    internal Generator(PolicyStore? store, IPolicyModel model, int maximumRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRows, 1);
        (_store, _model, _maximumRows) = (store, model, maximumRows);
    }

    /// <summary>A generator over a Hugging Face folder's weights, as version 0; they are in memory once, as it decodes with them.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or does not fit the configuration; names file and tensor.</exception>
    public static Generator Load(
        string directory, ModelConfig config, string device = "cpu", int maximumRows = 256, NumberFormat format = NumberFormat.Float32)
    {
        using var files = CheckpointFiles.Open(directory, config);
        return Of(files, config, device, maximumRows, format);
    }

    /// <summary>A generator over a copy of a model's weights, as version 0.</summary>
    public static Generator Of(
        Decoder decoder, string device = "cpu", int maximumRows = 256, NumberFormat format = NumberFormat.Float32) =>
        Of(decoder, decoder.Config, device, maximumRows, format);

    private static Generator Of(IWeightSource weights, ModelConfig config, string device, int maximumRows, NumberFormat format)
    {
        var generator = new Generator(null, ModelFor(config, TorchSharp.torch.device(device), format), maximumRows);
        try
        {
            generator._model.Load(weights);
            generator._version = 0;
            return generator;
        }
        catch
        {
            generator.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long PolicyVersion => _version ?? throw new InvalidOperationException("no policy has been loaded");

    /// <inheritdoc/>
    public void LoadPolicy(long version)
    {
        if (version == _version) return;
        if (_store is null) throw new InvalidOperationException($"policy version {version} is not held; held: 0, from a folder");
        _version = null;
        _store.Read(version, _model.Load);
        _version = version;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation = default) =>
        Generate(request, onToken: null, cancellation);

    /// <summary>The same, and <paramref name="onToken"/> sees each token as it is drawn, on the thread of the call.</summary>
    public IReadOnlyList<Completion> Generate(GenerationRequest request, TokenObserver? onToken, CancellationToken cancellation)
    {
        _ = PolicyVersion;
        RequestLimits.Check(request, _model.VocabularySize, _model.LongestSequence);
        var promptsAtOnce = Math.Max(1, _maximumRows / request.SamplesPerPrompt);
        var completions = new List<Completion>(request.Prompts.Count * request.SamplesPerPrompt);
        foreach (var prompts in request.Prompts.Chunk(promptsAtOnce))
            completions.AddRange(BatchDecoding.Run(_model, request with { Prompts = prompts }, cancellation, onToken));
        return completions;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
    }

    private static IPolicyModel ModelFor(ModelConfig config, TorchSharp.torch.Device device, NumberFormat format) =>
        device.type == TorchSharp.DeviceType.CPU && ProcessorDecoder.IsFast
            ? new ProcessorDecoder(config, TorchSharp.torch.get_num_threads(), format)
            : new CachedDecoder(config, device, format);
}
