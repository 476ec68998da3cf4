using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>What checkpoints keep under <c>model.</c>: token embedding, layers, last norm.</summary>
internal sealed class DecoderStack : nn.Module<Tensor, ForwardPass, Tensor>
{
    private readonly TokenEmbedding embed_tokens;
    private readonly ModuleList<DecoderLayer> layers;
    private readonly RmsNorm norm;
    private readonly RotaryEmbedding _rotary;

    public DecoderStack(ModelConfig config, Device device, ScalarType weightType) : base(nameof(DecoderStack))
    {
        embed_tokens = new TokenEmbedding(config.VocabularySize, config.HiddenSize, device, weightType);
        layers = nn.ModuleList(Enumerable.Range(0, config.Layers).Select(l => new DecoderLayer(config, l, device, weightType)).ToArray());
        norm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, device);
        _rotary = new RotaryEmbedding(RotaryFrequencies.Of(config), config.MaxPositions, device);
        RegisterComponents();
    }

    public Parameter Embedding => embed_tokens.Weight;

    /// <summary>(B, T) ids -> (B, T, hidden), before the last norm.</summary>
    public override Tensor forward(Tensor ids, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        var rotation = RotationOf(ids, pass);
        var hidden = Embed(ids);
        for (var layer = 0; layer < layers.Count; layer++)
        {
            var next = Layer(layer, hidden, rotation, pass);
            hidden.Dispose();
            hidden = next;
        }
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>(B, T) ids -> (B, T, hidden), what the first layer reads.</summary>
    public Tensor Embed(Tensor ids) => embed_tokens.forward(ids);

    public Rotation RotationOf(Tensor ids, ForwardPass pass) =>
        _rotary.At(pass.Positions is null ? ids.size(1) : pass.PositionLimit, pass.Positions);

    /// <summary>(B, T, hidden) -> the same after a layer.</summary>
    public Tensor Layer(int layer, Tensor hidden, Rotation rotation, ForwardPass pass) => layers[layer].forward(hidden, rotation, pass);

    public Tensor Normalised(Tensor hidden) => norm.forward(hidden);

    public void Fuse()
    {
        foreach (var layer in layers) layer.Fuse();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _rotary.Dispose();
        base.Dispose(disposing);
    }
}
