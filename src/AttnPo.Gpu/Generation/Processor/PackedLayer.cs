using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>One layer's weights, the matrices in a format of choice. Vectors are padded with zeros like what they meet.</summary>
internal sealed unsafe class PackedLayer : IDisposable
{
    private readonly ModelConfig _config;

    public PackedLayer(ModelConfig config, NumberFormat format)
    {
        _config = config;
        int heads = config.Heads + 2 * config.KeyValueHeads, headWidth = PackedMatrix.Padded(config.HeadSize);
        int hidden = PackedMatrix.Padded(config.HiddenSize);
        InputNorm = new FloatBuffer(hidden);
        Joined = new PackedMatrix(heads * headWidth, config.HiddenSize, format);
        JoinedBias = new FloatBuffer(heads * headWidth);
        if (config.HasHeadNorm) (QueryNorm, KeyNorm) = (new FloatBuffer(headWidth), new FloatBuffer(headWidth));
        Output = new PackedMatrix(config.HiddenSize, config.Heads * headWidth, format);
        if (config.AttentionBias) OutputBias = new FloatBuffer(hidden);
        InnerNorm = new FloatBuffer(hidden);
        GateAndUp = new PackedMatrix(2 * PackedMatrix.Padded(config.IntermediateSize), config.HiddenSize, format);
        Down = new PackedMatrix(config.HiddenSize, config.IntermediateSize, format);
    }

    /// <summary>Of what goes into attention.</summary>
    public FloatBuffer InputNorm { get; }

    /// <summary>Queries, keys and values, a padded head after another.</summary>
    public PackedMatrix Joined { get; }

    /// <summary>Zeros where the architecture has none.</summary>
    public FloatBuffer JoinedBias { get; }

    /// <summary>Of each query head, if they are normalised.</summary>
    public FloatBuffer? QueryNorm { get; }

    /// <summary>Of each key head, if they are normalised.</summary>
    public FloatBuffer? KeyNorm { get; }

    /// <summary>From the padded heads back to the hidden size.</summary>
    public PackedMatrix Output { get; }

    public FloatBuffer? OutputBias { get; }

    /// <summary>Of what goes into the feed-forward.</summary>
    public FloatBuffer InnerNorm { get; }

    /// <summary>The gate, padded, then the linear branch.</summary>
    public PackedMatrix GateAndUp { get; }

    public PackedMatrix Down { get; }

    /// <summary>Takes over the weights whose names begin with the prefix.</summary>
    public void Load(WeightRows source, string prefix)
    {
        source.Copy(prefix + "input_layernorm.weight", InputNorm);
        LoadHeads(source, prefix + "self_attn.q_proj", 0);
        LoadHeads(source, prefix + "self_attn.k_proj", _config.Heads);
        LoadHeads(source, prefix + "self_attn.v_proj", _config.Heads + _config.KeyValueHeads);
        if (QueryNorm is not null) source.Copy(prefix + "self_attn.q_norm.weight", QueryNorm);
        if (KeyNorm is not null) source.Copy(prefix + "self_attn.k_norm.weight", KeyNorm);

        int size = _config.HeadSize, width = PackedMatrix.Padded(size);
        source.ForEach(prefix + "self_attn.o_proj.weight", (output, row) =>
        {
            for (var head = 0; head < _config.Heads; head++) Output.Set(output, head * width, row.Slice(head * size, size));
        });
        if (OutputBias is not null) source.Copy(prefix + "self_attn.o_proj.bias", OutputBias);

        source.Copy(prefix + "post_attention_layernorm.weight", InnerNorm);
        source.Fill(GateAndUp, 0, prefix + "mlp.gate_proj.weight");
        source.Fill(GateAndUp, PackedMatrix.Padded(_config.IntermediateSize), prefix + "mlp.up_proj.weight");
        source.Fill(Down, 0, prefix + "mlp.down_proj.weight");
    }

    private void LoadHeads(WeightRows source, string name, int firstHead)
    {
        int size = _config.HeadSize, width = PackedMatrix.Padded(size);
        source.ForEach(name + ".weight", (row, values) => Joined.Set(Padded(row), 0, values));
        if (!_config.HasHeadBias) return;
        var bias = source.All(name + ".bias");
        for (var row = 0; row < bias.Length; row++) JoinedBias.Pointer[Padded(row)] = bias[row];

        int Padded(int row) => (firstHead + row / size) * width + row % size;
    }

    public void Dispose()
    {
        foreach (var matrix in new[] { Joined, Output, GateAndUp, Down }) matrix.Dispose();
        foreach (var vector in new[] { InputNorm, JoinedBias, QueryNorm, KeyNorm, OutputBias, InnerNorm }) vector?.Dispose();
    }
}
