using System.Text;
using System.Text.Json;

namespace AttnPo.Gpu.Model;

/// <summary>The shape of a Qwen2 decoder, as <c>config.json</c> of a Hugging Face folder states it.</summary>
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
    internal const string Architecture = "Qwen2ForCausalLM";

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
            writer.WriteStringValue(Architecture);
            writer.WriteEndArray();
            writer.WriteString("model_type", "qwen2");
            writer.WriteNumber("hidden_size", HiddenSize);
            writer.WriteNumber("intermediate_size", IntermediateSize);
            writer.WriteNumber("num_hidden_layers", Layers);
            writer.WriteNumber("num_attention_heads", Heads);
            writer.WriteNumber("num_key_value_heads", KeyValueHeads);
            // Other readers derive the head size from the hidden size; only a departure needs to be written.
            if (HeadSize != HiddenSize / Heads) writer.WriteNumber("head_dim", HeadSize);
            writer.WriteNumber("vocab_size", VocabularySize);
            writer.WriteNumber("max_position_embeddings", MaxPositions);
            writer.WriteNumber("rms_norm_eps", RmsNormEpsilon);
            writer.WriteNumber("rope_theta", RopeTheta);
            writer.WriteBoolean("tie_word_embeddings", TiedHead);
            writer.WriteString("hidden_act", "silu");
            writer.WriteBoolean("use_sliding_window", false);
            writer.WriteString("torch_dtype", "float32");
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
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

        void Within(string key, int value, int most) =>
            Require(value > 0 && value <= most, $"{key} is {value}; expected a positive whole number up to {most}");
        void Product(string keys, long value, int most) => Require(value <= most, $"{keys} is {value}; expected at most {most}");
        void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidDataException($"{source}: {message}");
        }
    }
}
