using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>
/// A decoder, in 32-bit floats unless it is made for generation alone. Parameter names are those of the checkpoint. Forward passes
/// may run on several threads at once as long as nobody changes the weights meanwhile.
/// </summary>
public sealed class Decoder : nn.Module, IWeightSource
{
    private readonly DecoderStack model;
    private readonly Projection? lm_head;
    private readonly Dictionary<string, Parameter> _byName;

    /// <param name="config">Its shape.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="format">How matrices and biases are held; norms are 32-bit floats always.</param>
    internal Decoder(ModelConfig config, Device device, NumberFormat format = NumberFormat.Float32) : base(nameof(Decoder))
    {
        config.Validate("model configuration");
        // Parameters outlive whatever scope the caller has open.
        using var scope = NewDisposeScope();
        (Config, Device, WeightType) = (config, device, format.ScalarType());
        model = new DecoderStack(config, device, WeightType);
        if (!config.TiedHead) lm_head = new Projection(config.HiddenSize, config.VocabularySize, hasBias: false, device, WeightType);
        RegisterComponents();
        Weights = named_parameters().ToArray();
        foreach (var (_, weight) in Weights) weight.DetachFromDisposeScope();
        _byName = Weights.ToDictionary(w => w.Name, w => w.Weight, StringComparer.Ordinal);
    }

    /// <summary>Shape of the model.</summary>
    public ModelConfig Config { get; }

    internal Device Device { get; }

    /// <summary>Type of matrices and biases.</summary>
    internal ScalarType WeightType { get; }

    /// <summary>All parameters by their checkpoint names, in a fixed order.</summary>
    internal IReadOnlyList<(string Name, Parameter Weight)> Weights { get; }

    /// <summary>
    /// A model to train from nothing, a function of configuration and seed: normal weights, the embedding's of deviation 0.02, the
    /// projections' of one over the root of their inputs, those that write into the residual stream scaled down by the root of
    /// their number; biases 0, norms 1.
    /// </summary>
    public static Decoder Random(ModelConfig config, long seed, string device = "cpu")
    {
        var decoder = new Decoder(config, TorchSharp.torch.device(device));
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        // Drawn on the processor, so that the device does not change the weights.
        using var generator = new Generator((ulong)seed, CPU);
        var residual = 1 / Math.Sqrt(2.0 * config.Layers);
        foreach (var (name, weight) in decoder.Weights)
        {
            if (name.EndsWith("bias", StringComparison.Ordinal)) weight.zero_();
            else if (name.EndsWith("norm.weight", StringComparison.Ordinal)) weight.fill_(1);
            else
            {
                var writesResidual = name.EndsWith("o_proj.weight", StringComparison.Ordinal)
                    || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
                var deviation = name.EndsWith("embed_tokens.weight", StringComparison.Ordinal)
                    ? 0.02
                    : (writesResidual ? residual : 1) / Math.Sqrt(weight.shape[1]);
                using var drawn = randn(weight.shape, float32, generator: generator).mul_(deviation);
                weight.copy_(drawn);
            }
        }
        return decoder;
    }

    /// <summary>(B, T) token ids, int64, padded on the right -> (B, T, hidden), before the last norm.</summary>
    internal Tensor Forward(Tensor ids, ForwardPass? pass = null) => model.forward(ids, pass ?? ForwardPass.Causal);

    /// <summary>The parts of <see cref="Forward"/>, for those who go through the layers one by one.</summary>
    internal DecoderStack Stack => model;

    /// <summary>(vocabulary, hidden) The output head, which may be the token embedding.</summary>
    internal Parameter Head => lm_head?.Weight ?? model.Embedding;

    /// <summary>(..., hidden) of the positions of interest -> (..., vocabulary) in 32-bit floats: last norm and output head.</summary>
    /// <param name="hidden">Before the last norm.</param>
    /// <param name="head"><see cref="Head"/> in the type to compute in; null: as it is.</param>
    internal Tensor Logits(Tensor hidden, Tensor? head = null)
    {
        using var scope = NewDisposeScope();
        head ??= Head;
        return nn.functional.linear(model.Normalised(hidden).to(head.dtype), head).to(float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Joins projections into larger ones for passes without gradients, which halves the operations of a decoding step. To be
    /// called again whenever the weights have changed; training does not need it.
    /// </summary>
    internal void Fuse() => model.Fuse();

    /// <summary>Takes over the values of all weights.</summary>
    internal void CopyFrom(IWeightSource source)
    {
        using var gradients = no_grad();
        foreach (var (name, weight) in Weights) source.Read(name, value => weight.copy_(value));
    }

    void IWeightSource.Read(string name, Action<Tensor> use) => use(_byName[name]);
}
