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

    public DecoderStack(ModelConfig config, Device device) : base(nameof(DecoderStack))
    {
        embed_tokens = new TokenEmbedding(config.VocabularySize, config.HiddenSize, device);
        layers = nn.ModuleList(Enumerable.Range(0, config.Layers).Select(l => new DecoderLayer(config, l, device)).ToArray());
        norm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, device);
        _rotary = new RotaryEmbedding(RotaryFrequencies.Of(config), config.MaxPositions, device);
        RegisterComponents();
    }

    public Parameter Embedding => embed_tokens.Weight;

    /// <summary>(B, T) ids -> (B, T, hidden), before the last norm.</summary>
    public override Tensor forward(Tensor ids, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        var rotation = _rotary.At(pass.Positions is null ? ids.size(1) : pass.PositionLimit, pass.Positions);
        var hidden = embed_tokens.forward(ids);
        foreach (var layer in layers)
        {
            var next = layer.forward(hidden, rotation, pass);
            hidden.Dispose();
            hidden = next;
        }
        return hidden.MoveToOuterDisposeScope();
    }

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
