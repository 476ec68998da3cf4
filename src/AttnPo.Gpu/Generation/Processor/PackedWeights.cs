using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>One layer's products. Weights of the norms and the scale of the queries are multiplied in.</summary>
internal sealed class PackedLayer : IDisposable
{
    public PackedLayer(ModelConfig config)
    {
        int heads = config.Heads + 2 * config.KeyValueHeads, headWidth = PackedMatrix.Padded(config.HeadSize);
        Joined = new PackedMatrix(heads * headWidth, config.HiddenSize);
        JoinedBias = new FloatBuffer(heads * headWidth);
        Output = new PackedMatrix(config.HiddenSize, config.Heads * headWidth);
        GateAndUp = new PackedMatrix(2 * PackedMatrix.Padded(config.IntermediateSize), config.HiddenSize);
        Down = new PackedMatrix(config.HiddenSize, config.IntermediateSize);
    }

    /// <summary>Queries, keys and values, a padded head after another.</summary>
    public PackedMatrix Joined { get; }

    public FloatBuffer JoinedBias { get; }

    /// <summary>From the padded heads back to the hidden size.</summary>
    public PackedMatrix Output { get; }

    /// <summary>The gate, padded, then the linear branch.</summary>
    public PackedMatrix GateAndUp { get; }

    public PackedMatrix Down { get; }

    public void Dispose()
    {
        Joined.Dispose();
        JoinedBias.Dispose();
        Output.Dispose();
        GateAndUp.Dispose();
        Down.Dispose();
    }
}

/// <summary>A decoder's weights, packed for decoding on the processor.</summary>
internal sealed unsafe class PackedWeights : IDisposable
{
    private readonly ModelConfig _config;

    public PackedWeights(ModelConfig config)
    {
        _config = config;
        Layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new PackedLayer(config))];
        Embedding = new FloatBuffer((long)config.VocabularySize * PackedMatrix.Padded(config.HiddenSize));
        Head = new PackedMatrix(config.VocabularySize, config.HiddenSize);
    }

    public IReadOnlyList<PackedLayer> Layers { get; }

    /// <summary>A padded row for each token.</summary>
    public FloatBuffer Embedding { get; }

    public PackedMatrix Head { get; }

    /// <summary>Takes over the weights.</summary>
    public void Load(IWeightSource weights)
    {
        var (hidden, inner, source) = (_config.HiddenSize, _config.IntermediateSize, new WeightRows(weights));
        var stride = PackedMatrix.Padded(hidden);
        source.ForEach(WeightShapes.Embedding, (token, row) => row.CopyTo(new Span<float>(Embedding.Pointer + (long)token * stride, hidden)));
        for (var layer = 0; layer < Layers.Count; layer++) LoadLayer(Layers[layer], $"model.layers.{layer}.");
        Fill(Head, 0, _config.TiedHead ? WeightShapes.Embedding : WeightShapes.Head, source.All("model.norm.weight"));

        void LoadLayer(PackedLayer layer, string prefix)
        {
            var norm = source.All(prefix + "input_layernorm.weight");
            LoadHeads(layer, prefix + "self_attn.q_proj", 0, norm, 1 / MathF.Sqrt(_config.HeadSize));
            LoadHeads(layer, prefix + "self_attn.k_proj", _config.Heads, norm, 1);
            LoadHeads(layer, prefix + "self_attn.v_proj", _config.Heads + _config.KeyValueHeads, norm, 1);

            int size = _config.HeadSize, width = PackedMatrix.Padded(size);
            source.ForEach(prefix + "self_attn.o_proj.weight", (output, row) =>
            {
                for (var head = 0; head < _config.Heads; head++) layer.Output.Set(output, head * width, row.Slice(head * size, size), default);
            });

            norm = source.All(prefix + "post_attention_layernorm.weight");
            Fill(layer.GateAndUp, 0, prefix + "mlp.gate_proj.weight", norm);
            Fill(layer.GateAndUp, PackedMatrix.Padded(inner), prefix + "mlp.up_proj.weight", norm);
            Fill(layer.Down, 0, prefix + "mlp.down_proj.weight", []);
        }

        void LoadHeads(PackedLayer layer, string name, int firstHead, float[] norm, float factor)
        {
            var bias = source.All(name + ".bias");
            int size = _config.HeadSize, width = PackedMatrix.Padded(size);
            source.ForEach(name + ".weight", (row, values) =>
            {
                var output = (firstHead + row / size) * width + row % size;
                layer.Joined.Set(output, 0, values, norm, factor);
                layer.JoinedBias.Pointer[output] = bias[row] * factor;
            });
        }

        void Fill(PackedMatrix matrix, int firstOutput, string name, float[] inputScales) =>
            source.ForEach(name, (row, values) => matrix.Set(firstOutput + row, 0, values, inputScales));
    }

    public void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
        Embedding.Dispose();
        Head.Dispose();
    }
}
