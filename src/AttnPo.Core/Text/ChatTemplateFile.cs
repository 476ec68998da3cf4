using System.Text;
using System.Text.Json;

namespace AttnPo.Core.Text;

/// <summary>
/// Where a Hugging Face folder keeps its Jinja chat template: <c>chat_template.jinja</c>, or else the member <c>chat_template</c> of
/// <c>tokenizer_config.json</c>, a text or a list of named ones.
/// </summary>
public static class ChatTemplateFile
{
    /// <summary>The file of its own.</summary>
    public const string FileName = "chat_template.jinja";

    /// <summary>The file that holds it among the tokenizer's settings.</summary>
    public const string ConfigFileName = "tokenizer_config.json";

    // The longest published template has some 20 KB, the largest tokenizer_config.json some 1 MB.
    private const int LargestTemplate = 1 << 20, LargestConfig = 16 << 20;

    /// <summary>The folder's template; null where it has none.</summary>
    /// <exception cref="InvalidDataException">A file is too large, empty or no plain file, or does not hold what it should.</exception>
    public static string? Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (Path.Exists(file)) return Encoding.UTF8.GetString(PlainFile.Read(file, LargestTemplate));
        var config = Path.Combine(folder, ConfigFileName);
        if (!Path.Exists(config)) return null;
        try
        {
            using var document = JsonDocument.Parse(PlainFile.Read(config, LargestConfig));
            return document.RootElement.ValueKind == JsonValueKind.Object ? Member(document.RootElement, config) : throw Fault(config);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is what JsonElement throws for a string that is no well-formed UTF-16.
            throw new InvalidDataException($"{config} cannot be read: {fault.Message}");
        }
    }

    private static string? Member(JsonElement config, string path)
    {
        if (!config.TryGetProperty("chat_template", out var template)) return null;
        return template.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => template.GetString(),
            JsonValueKind.Array => template.EnumerateArray()
                .Select(named => Named(named, path)).FirstOrDefault(named => named.Name == "default").Text,
            _ => throw Fault(path),
        };
    }

    private static (string Name, string? Text) Named(JsonElement named, string path) =>
        named.ValueKind == JsonValueKind.Object
        && named.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
        && named.TryGetProperty("template", out var text) && text.ValueKind == JsonValueKind.String
            ? (name.GetString()!, text.GetString())
            : throw Fault(path);

    private static InvalidDataException Fault(string path) =>
        new($"{path}: chat_template is neither a text nor a list of {{name, template}}.");
}
