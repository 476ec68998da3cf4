using System.Text.Json;

namespace AttnPo.Gpu.Model;

/// <summary>Reads <c>config.json</c> and refuses what the decoder would compute wrongly.</summary>
internal static class ConfigFile
{
    public const string Name = "config.json";

    // Real ones have a few kilobytes.
    private const int MaximumBytes = 1 << 20;

    /// <summary>The file's content, read once.</summary>
    /// <exception cref="InvalidDataException">It is larger than any configuration.</exception>
    public static byte[] ReadBytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        // The length that a file states may change, and a device states none: what counts is what is read.
        var bytes = new byte[Math.Clamp(stream.CanSeek ? stream.Length : MaximumBytes, 0, MaximumBytes) + 1];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count < bytes.Length
            ? bytes[..count]
            : throw new InvalidDataException($"{file}: longer than {bytes.Length - 1} bytes; expected a configuration of at most {MaximumBytes}");
    }

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

    private static ModelConfig Read(JsonElement root, string file)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{file}: expected a JSON object");
        RequireArchitecture(root, file);
        Refuse(Present(root, "rope_scaling") is not null, "rope_scaling");
        Refuse(Present(root, "use_sliding_window") is { ValueKind: JsonValueKind.True }, "use_sliding_window");
        Refuse(Present(root, "quantization_config") is not null, "quantization_config");
        if (Present(root, "hidden_act") is { } act && act.ToString() != "silu")
            throw new InvalidDataException($"{file}: not supported: hidden_act {act}; supported: silu");

        var hidden = Integer(root, "hidden_size", file);
        var heads = Integer(root, "num_attention_heads", file);
        var config = new ModelConfig(
            hidden,
            Integer(root, "intermediate_size", file),
            Integer(root, "num_hidden_layers", file),
            heads,
            Integer(root, "num_key_value_heads", file, heads),
            Integer(root, "head_dim", file, HeadSize(hidden, heads, file, Present(root, "head_dim") is not null)),
            Integer(root, "vocab_size", file),
            Integer(root, "max_position_embeddings", file),
            Number(root, "rms_norm_eps", file, 1e-6),
            RopeTheta(root, file),
            Present(root, "tie_word_embeddings") is { ValueKind: JsonValueKind.True });
        config.Validate(file);
        return config;

        void Refuse(bool present, string key)
        {
            if (present) throw new InvalidDataException($"{file}: not supported: {key}");
        }
    }

    private static void RequireArchitecture(JsonElement root, string file)
    {
        var named = Present(root, "architectures") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0
            ? list[0].ToString()
            : Present(root, "model_type")?.ToString() is { } type ? type == "qwen2" ? ModelConfig.Architecture : type : null;
        if (named is null) throw new InvalidDataException($"{file}: architectures is missing");
        if (named != ModelConfig.Architecture)
            throw new InvalidDataException($"{file}: not supported: architecture {named}; supported: {ModelConfig.Architecture}");
    }

    /// <summary>Newer files keep the base of the frequencies in an object of its own.</summary>
    private static double RopeTheta(JsonElement root, string file)
    {
        if (Present(root, "rope_parameters") is not { ValueKind: JsonValueKind.Object } parameters)
            return Number(root, "rope_theta", file, 10000);
        if (Present(parameters, "rope_type") is { } type && type.ToString() != "default")
            throw new InvalidDataException($"{file}: not supported: rope_type {type}; supported: default");
        return Number(parameters, "rope_theta", file, 10000);
    }

    private static int HeadSize(int hidden, int heads, string file, bool stated) =>
        stated ? 0
        : heads > 0 && hidden % heads == 0 ? hidden / heads
        : throw new InvalidDataException($"{file}: hidden_size ({hidden}) is not a multiple of num_attention_heads ({heads})");

    private static JsonElement? Present(JsonElement parent, string key) =>
        parent.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static int Integer(JsonElement parent, string key, string file, int? fallback = null)
    {
        if (Present(parent, key) is not { } value)
            return fallback ?? throw new InvalidDataException($"{file}: {key} is missing");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw new InvalidDataException($"{file}: {key} is {value}; expected a whole number");
    }

    private static double Number(JsonElement parent, string key, string file, double fallback)
    {
        if (Present(parent, key) is not { } value) return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            ? number
            : throw new InvalidDataException($"{file}: {key} is {value}; expected a number");
    }
}
