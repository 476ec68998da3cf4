using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>A row of weights for each token, left unset until a checkpoint or <see cref="Decoder.Random"/> fills them.</summary>
internal sealed class TokenEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    public TokenEmbedding(long tokens, long size, Device device, ScalarType type) : base(nameof(TokenEmbedding))
    {
        weight = nn.Parameter(empty([tokens, size], type, device));
        RegisterComponents();
    }

    public Parameter Weight => weight;

    /// <summary>(B, T) -> (B, T, size) in 32-bit floats</summary>
    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return weight.index_select(0, ids.reshape(-1)).view(ids.size(0), ids.size(1), -1).to(float32).MoveToOuterDisposeScope();
    }
}
