using System.Text;
using System.Text.Json;

namespace AttnPo.Gpu.Model;

/// <summary>The shape of a decoder, by default of a Qwen2, as <c>config.json</c> of a Hugging Face folder states it.</summary>
/// <param name="HiddenSize">Width of the residual stream.</param>
/// <param name="IntermediateSize">Width inside the feed-forward blocks.</param>
/// <param name="Layers">Number of decoder layers.</param>
/// <param name="Heads">Number of attention (query) heads.</param>
/// <param name="KeyValueHeads">Number of key and value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadSize">Width of one head; even.</param>
/// <param name="VocabularySize">Rows of the token embedding.</param>
/// <param name="MaxPositions">Longest sequence the model takes.</param>
/// <param name="RmsNormEpsilon">Added to the mean square before its root.</param>
/// <param name="RopeTheta">Base of the rotary frequencies.</param>
/// <param name="TiedHead">Whether the output head is the token embedding.</param>
public sealed record ModelConfig(
    int HiddenSize, int IntermediateSize, int Layers, int Heads, int KeyValueHeads, int HeadSize,
    int VocabularySize, int MaxPositions, double RmsNormEpsilon, double RopeTheta, bool TiedHead)
{
    /// <summary>The family.</summary>
    public Architecture Architecture { get; init; } = Architecture.Qwen2;

    /// <summary>Whether all four projections of attention have biases; not for a Qwen2, which always has three.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>How rotary frequencies are scaled; null: not at all.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Whether the projections to queries, keys and values have biases.</summary>
    public bool HasHeadBias => AttentionBias || Architecture == Architecture.Qwen2;

    /// <summary>Whether queries and keys are normalised, head by head.</summary>
    public bool HasHeadNorm => Architecture == Architecture.Qwen3;

    /// <summary>Query heads that share one key and value head.</summary>
    public int HeadsPerKeyValue => Heads / KeyValueHeads;

    /// <summary>Reads the file, or <c>config.json</c> of a folder.</summary>
    /// <exception cref="InvalidDataException">The file is not a configuration this decoder can run; the message names file and key.</exception>
    public static ModelConfig Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, ConfigFile.Name) : path;
        return ConfigFile.Parse(ConfigFile.ReadBytes(file), file);
    }

    /// <summary>The configuration as the text of a <c>config.json</c>.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("architectures");
            writer.WriteStringValue(Architecture.Name());
            writer.WriteEndArray();
            writer.WriteString("model_type", Architecture.Type());
            writer.WriteNumber("hidden_size", HiddenSize);
            writer.WriteNumber("intermediate_size", IntermediateSize);
            writer.WriteNumber("num_hidden_layers", Layers);
            writer.WriteNumber("num_attention_heads", Heads);
            writer.WriteNumber("num_key_value_heads", KeyValueHeads);
            // Other readers derive the head size of the older architectures from the hidden size; only a departure needs to be written.
            if (Architecture == Architecture.Qwen3 || HeadSize != HiddenSize / Heads) writer.WriteNumber("head_dim", HeadSize);
            writer.WriteNumber("vocab_size", VocabularySize);
            writer.WriteNumber("max_position_embeddings", MaxPositions);
            writer.WriteNumber("rms_norm_eps", RmsNormEpsilon);
            writer.WriteNumber("rope_theta", RopeTheta);
            if (RopeScaling is { } scaling) WriteScaling(writer, scaling);
            writer.WriteBoolean("tie_word_embeddings", TiedHead);
            writer.WriteString("hidden_act", "silu");
            if (Architecture != Architecture.Qwen2) writer.WriteBoolean("attention_bias", AttentionBias);
            if (Architecture != Architecture.Llama) writer.WriteBoolean("use_sliding_window", false);
            writer.WriteString("torch_dtype", "float32");
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteScaling(Utf8JsonWriter writer, RopeScaling scaling)
    {
        writer.WriteStartObject("rope_scaling");
        writer.WriteString("rope_type", "llama3");
        writer.WriteNumber("factor", scaling.Factor);
        writer.WriteNumber("low_freq_factor", scaling.LowFrequencyFactor);
        writer.WriteNumber("high_freq_factor", scaling.HighFrequencyFactor);
        writer.WriteNumber("original_max_position_embeddings", scaling.OriginalMaxPositions);
        writer.WriteEndObject();
    }

    /// <summary>Refuses shapes that cannot be a decoder.</summary>
    internal void Validate(string source)
    {
        // Far beyond any model, and so low that sizes derived from them stay within the arithmetic that the decoders use.
        Within("hidden_size", HiddenSize, 1 << 18);
        Within("intermediate_size", IntermediateSize, 1 << 20);
        Within("num_hidden_layers", Layers, 1 << 12);
        Within("num_attention_heads", Heads, 1 << 12);
        Within("num_key_value_heads", KeyValueHeads, 1 << 12);
        Within("head_dim", HeadSize, 1 << 12);
        Within("vocab_size", VocabularySize, 1 << 24);
        Within("max_position_embeddings", MaxPositions, 1 << 24);
        Product("num_attention_heads x head_dim", (long)Heads * HeadSize, 1 << 20);
        Product("num_hidden_layers x num_key_value_heads x head_dim", (long)Layers * KeyValueHeads * HeadSize, 1 << 22);
        Require(Heads % KeyValueHeads == 0, $"num_attention_heads ({Heads}) is not a multiple of num_key_value_heads ({KeyValueHeads})");
        Require(HeadSize % 2 == 0, $"head_dim ({HeadSize}) is odd; rotary embedding needs pairs");
        Require(RmsNormEpsilon is > 0 and < 1, $"rms_norm_eps is {RmsNormEpsilon}; expected a small positive number");
        Require(RopeTheta > 1 && double.IsFinite(RopeTheta), $"rope_theta is {RopeTheta}; expected a number above 1");
        Require(!AttentionBias || Architecture != Architecture.Qwen2, "attention_bias is not a choice of Qwen2");
        if (RopeScaling is { } scaling)
        {
            var (factor, low, high, original) = scaling;
            Require(factor is >= 1 and <= 1 << 20, $"factor is {factor}; expected a number from 1 to {1 << 20}");
            Require(
                low > 0 && low < high && double.IsFinite(high),
                $"low_freq_factor is {low} and high_freq_factor {high}; expected positive numbers, the low below the high");
            Within("original_max_position_embeddings", original, 1 << 24);
        }

        void Within(string key, int value, int most) =>
            Require(value > 0 && value <= most, $"{key} is {value}; expected a positive whole number up to {most}");
        void Product(string keys, long value, int most) => Require(value <= most, $"{keys} is {value}; expected at most {most}");
        void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidDataException($"{source}: {message}");
        }
    }
}
