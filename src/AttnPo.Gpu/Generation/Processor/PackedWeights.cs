using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>A decoder's weights, packed for decoding on the processor.</summary>
internal sealed class PackedWeights : IDisposable
{
    public PackedWeights(ModelConfig config, NumberFormat format)
    {
        Layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new PackedLayer(config, format))];
        Norm = new FloatBuffer(PackedMatrix.Padded(config.HiddenSize));
        Head = new PackedMatrix(config.VocabularySize, config.HiddenSize, format);
        Embedding = config.TiedHead ? Head : new PackedMatrix(config.VocabularySize, config.HiddenSize, format);
    }

    public IReadOnlyList<PackedLayer> Layers { get; }

    /// <summary>Of what goes into the head.</summary>
    public FloatBuffer Norm { get; }

    public PackedMatrix Head { get; }

    /// <summary>An output for each token, of which its weights alone are used; the head itself where they are tied.</summary>
    public PackedMatrix Embedding { get; }

    /// <summary>Takes over the weights.</summary>
    public void Load(IWeightSource weights)
    {
        var source = new WeightRows(weights);
        source.Fill(Embedding, 0, WeightShapes.Embedding);
        if (Embedding != Head) source.Fill(Head, 0, WeightShapes.Head);
        for (var layer = 0; layer < Layers.Count; layer++) Layers[layer].Load(source, $"model.layers.{layer}.");
        source.Copy("model.norm.weight", Norm);
    }

    public void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
        Norm.Dispose();
        Head.Dispose();
        Embedding.Dispose();
    }
}
