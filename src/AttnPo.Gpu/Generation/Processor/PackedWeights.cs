using System.Runtime.InteropServices;
using AttnPo.Gpu.Model;
using static TorchSharp.torch;

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

    /// <summary>Takes over the weights, in the order of <see cref="WeightShapes"/>, which must lie on the processor.</summary>
    public void Load(IReadOnlyList<Tensor> weights)
    {
        var byName = WeightShapes.Of(_config).Select(w => w.Name).Zip(weights).ToDictionary();
        var hidden = _config.HiddenSize;
        var embedding = Values(WeightShapes.Embedding);
        var stride = PackedMatrix.Padded(hidden);
        for (var token = 0; token < _config.VocabularySize; token++)
            embedding.Slice(token * hidden, hidden).CopyTo(new Span<float>(Embedding.Pointer + (long)token * stride, hidden));
        for (var layer = 0; layer < Layers.Count; layer++) LoadLayer(Layers[layer], $"model.layers.{layer}.");
        Fill(Head, 0, Values(_config.TiedHead ? WeightShapes.Embedding : WeightShapes.Head), hidden, Values("model.norm.weight"));

        void LoadLayer(PackedLayer layer, string prefix)
        {
            var norm = Values(prefix + "input_layernorm.weight");
            LoadHeads(layer, prefix + "self_attn.q_proj", 0, _config.Heads, norm, 1 / MathF.Sqrt(_config.HeadSize));
            LoadHeads(layer, prefix + "self_attn.k_proj", _config.Heads, _config.KeyValueHeads, norm, 1);
            LoadHeads(layer, prefix + "self_attn.v_proj", _config.Heads + _config.KeyValueHeads, _config.KeyValueHeads, norm, 1);

            int size = _config.HeadSize, width = PackedMatrix.Padded(size);
            var output = Values(prefix + "self_attn.o_proj.weight");
            for (var row = 0; row < hidden; row++)
            {
                for (var head = 0; head < _config.Heads; head++)
                    layer.Output.Set(row, head * width, output.Slice((row * _config.Heads + head) * size, size), default);
            }

            norm = Values(prefix + "post_attention_layernorm.weight");
            Fill(layer.GateAndUp, 0, Values(prefix + "mlp.gate_proj.weight"), hidden, norm);
            Fill(layer.GateAndUp, PackedMatrix.Padded(_config.IntermediateSize), Values(prefix + "mlp.up_proj.weight"), hidden, norm);
            Fill(layer.Down, 0, Values(prefix + "mlp.down_proj.weight"), _config.IntermediateSize, default);
        }

        void LoadHeads(PackedLayer layer, string name, int firstHead, int heads, ReadOnlySpan<float> norm, float factor)
        {
            var weight = Values(name + ".weight");
            var bias = Values(name + ".bias");
            int size = _config.HeadSize, width = PackedMatrix.Padded(size);
            for (var row = 0; row < heads * size; row++)
            {
                var output = (firstHead + row / size) * width + row % size;
                layer.Joined.Set(output, 0, weight.Slice(row * hidden, hidden), norm, factor);
                layer.JoinedBias.Pointer[output] = bias[row] * factor;
            }
        }

        ReadOnlySpan<float> Values(string name) => MemoryMarshal.Cast<byte, float>(byName[name].bytes);
    }

    public void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
        Embedding.Dispose();
        Head.Dispose();
    }

    private static void Fill(PackedMatrix matrix, int firstOutput, ReadOnlySpan<float> weights, int inputs, ReadOnlySpan<float> inputScales)
    {
        for (var row = 0; row < weights.Length / inputs; row++)
            matrix.Set(firstOutput + row, 0, weights.Slice(row * inputs, inputs), inputScales);
    }
}
