using System.Text.Json;

namespace AttnPo.Gpu.Model;

/// <summary>Reads <c>config.json</c> and refuses what the decoder would compute wrongly.</summary>
internal static class ConfigFile
{
    public const string Name = "config.json";

    // Real ones have a few kilobytes.
    private const int MaximumBytes = 1 << 20;

    // The only architecture whose head size does not follow from the hidden size where it is not stated.
    private const int Qwen3HeadSize = 128;

    /// <summary>The file's content, read once.</summary>
    /// <exception cref="InvalidDataException">It is missing, larger than any configuration, empty or no plain file.</exception>
    public static byte[] ReadBytes(string file) => Path.Exists(file)
        ? PlainFile.Read(file, MaximumBytes)
        : throw new InvalidDataException(
            $"{Path.GetDirectoryName(Path.GetFullPath(file))}: is no Hugging Face model folder ({Path.GetFileName(file)} is missing)");

    public static ModelConfig Parse(ReadOnlyMemory<byte> json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, file);
        }
        // Text that is no Unicode comes to light only where it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file}: not JSON: {e.Message}", e);
        }
    }

    private static ModelConfig Read(JsonElement element, string file)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{file}: expected a JSON object");
        var root = new ConfigObject(element, file);
        var architecture = ReadArchitecture(root);
        if (root.Present("quantization_config") is not null) throw root.Error("not supported: quantization_config");
        if (root.Flag("mlp_bias")) throw root.Error("not supported: mlp_bias");
        if (root.Flag("use_mrope")) throw root.Error("not supported: use_mrope");
        if (root.Present("hidden_act") is { } act && act.ToString() != "silu")
            throw root.Error($"not supported: hidden_act {act}; supported: silu");

        var hidden = root.Integer("hidden_size");
        var heads = root.Integer("num_attention_heads");
        var (theta, scaling) = RopeKeys.Read(root);
        var config = new ModelConfig(
            hidden,
            root.Integer("intermediate_size"),
            root.Integer("num_hidden_layers"),
            heads,
            root.Integer("num_key_value_heads", heads),
            root.Present("head_dim") is null ? HeadSize(root, architecture, hidden, heads) : root.Integer("head_dim"),
            root.Integer("vocab_size"),
            root.Integer("max_position_embeddings"),
            root.Number("rms_norm_eps", 1e-6),
            theta,
            root.Flag("tie_word_embeddings"))
        {
            Architecture = architecture,
            // Qwen2 has its biases whatever the key says.
            AttentionBias = architecture != Architecture.Qwen2 && root.Flag("attention_bias"),
            RopeScaling = scaling,
        };
        config.Validate(file);
        WindowKeys.Refuse(root, config);
        return config;
    }

    private static Architecture ReadArchitecture(ConfigObject root)
    {
        if (root.Texts("architectures") is [var named, ..]) return ArchitectureNames.OfName(named) ?? throw NotSupported(named);
        if (root.Present("model_type")?.ToString() is { } type) return ArchitectureNames.OfType(type) ?? throw NotSupported(type);
        throw root.Error("architectures is missing");

        InvalidDataException NotSupported(string name) =>
            root.Error($"not supported: architecture {name}; supported: {ArchitectureNames.Supported}");
    }

    private static int HeadSize(ConfigObject root, Architecture architecture, int hidden, int heads) =>
        architecture == Architecture.Qwen3 ? Qwen3HeadSize
        : heads > 0 && hidden % heads == 0 ? hidden / heads
        : throw root.Error($"hidden_size ({hidden}) is not a multiple of num_attention_heads ({heads})");
}
