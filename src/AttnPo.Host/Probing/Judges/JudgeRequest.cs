using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AttnPo.Host.Probing.Judges;

/// <summary>A request for one answer: the body of a chat completion, and the key its answer is kept under.</summary>
/// <param name="Model">The judge.</param>
/// <param name="Body">JSON, UTF-8.</param>
/// <param name="Key">SHA-256 of body and attempt, hexadecimal.</param>
internal sealed record JudgeRequest(string Model, byte[] Body, string Key)
{
    /// <summary>The parameters that an endpoint may not know.</summary>
    public static IReadOnlyList<string> Parameters { get; } = ["temperature", "seed", "max_tokens"];

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A request. The same arguments always give the same bytes.</summary>
    /// <param name="model">The judge.</param>
    /// <param name="prompt">What it is asked.</param>
    /// <param name="settings">Bounds and parameters.</param>
    /// <param name="attempt">From 0; the seed, so that another attempt can have another answer.</param>
    public static JudgeRequest Of(string model, string prompt, JudgeSettings settings, int attempt)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("messages");
            json.WriteStartObject();
            json.WriteString("role", "user");
            json.WriteString("content", prompt);
            json.WriteEndObject();
            json.WriteEndArray();
            foreach (var name in Parameters.Except(settings.Omitted)) json.WriteNumber(name, name switch
            {
                "temperature" => 0,
                "seed" => attempt,
                _ => settings.MaxTokens,
            });
            json.WriteEndObject();
        }
        var body = stream.ToArray();
        return new(model, body, Convert.ToHexStringLower(SHA256.HashData([.. body, .. Encoding.UTF8.GetBytes($"\n{attempt}")])));
    }
}

/// <summary>What an endpoint answered.</summary>
/// <param name="Text">What the judge wrote; empty where it wrote nothing or too much.</param>
/// <param name="Finish">Why it ended, as the endpoint says it; null where it does not.</param>
/// <param name="TokensIn">Tokens of the prompt; 0 where the endpoint does not say.</param>
/// <param name="TokensOut">Tokens of the answer, thoughts included; 0 where the endpoint does not say.</param>
internal sealed record JudgeReply(string Text, string? Finish, long TokensIn, long TokensOut);
