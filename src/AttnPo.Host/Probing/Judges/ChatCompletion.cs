using System.Text;
using System.Text.Json;
using AttnPo.Core.Data.Rows;

namespace AttnPo.Host.Probing.Judges;

/// <summary>Reads what an endpoint of chat completions sends. It may send anything.</summary>
internal static class ChatCompletion
{
    /// <summary>Bytes of a body. Thoughts of a hundred thousand tokens fit; what is longer is no answer.</summary>
    public const int MaxBytes = 1 << 20;

    // Far beyond any context; sums of such counts stay in range.
    private const long MostTokens = 1_000_000_000_000;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The body; null where it is longer than <see cref="MaxBytes"/>.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > MaxBytes) return null;
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MaxBytes + 1];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return count > MaxBytes ? null : buffer[..count];
    }

    /// <summary>The reply in a body; null, and why, where it is no chat completion. One that is too long is a reply without text.</summary>
    /// <param name="body">As <see cref="ReadAsync"/> read it.</param>
    /// <param name="redacted">Takes out of a text what nobody may keep.</param>
    /// <param name="fault">Why it is none.</param>
    public static JudgeReply? Parse(byte[]? body, Func<string, string> redacted, out string? fault)
    {
        fault = null;
        if (body is null) return new("", "too-long", 0, 0);
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new RowException("it is no JSON object");
            var root = new Row(document.RootElement);
            if (root.Rows("choices") is not [var choice, ..]) throw new RowException("\"choices\" is empty");
            var message = choice.Object("message");
            // A judge whose tokens ended among its thoughts has written nothing.
            var text = message.KindOf("content") == JsonValueKind.String ? message.Text("content") : "";
            var finish = choice.KindOf("finish_reason") == JsonValueKind.String ? choice.Text("finish_reason") : null;
            var usage = root.KindOf("usage") == JsonValueKind.Object ? root.Object("usage") : (Row?)null;
            return new(redacted(text), finish is null ? null : redacted(finish), Tokens(usage, "prompt_tokens"), Tokens(usage, "completion_tokens"));
        }
        catch (Exception e) when (e is JsonException or RowException)
        {
            fault = $"what it answers is no chat completion: {(e is RowException ? e.Message : "it is not JSON")}";
            return null;
        }
    }

    /// <summary>What an error's body says: its message where it has one in the usual place, else all of it.</summary>
    public static string Message(byte[]? body)
    {
        if (body is null) return "";
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
            {
                var row = new Row(root);
                if (row.KindOf("error") == JsonValueKind.Object) row = row.Object("error");
                foreach (var name in (string[])["message", "error", "detail"])
                    if (row.KindOf(name) == JsonValueKind.String) return row.Text(name);
            }
        }
        catch (Exception e) when (e is JsonException or RowException)
        {
            // Then it is shown as it came.
        }
        return Encoding.UTF8.GetString(body);
    }

    private static long Tokens(Row? usage, string name) =>
        usage?.KindOf(name) == JsonValueKind.Number && usage.Value.Member(name).TryGetInt64(out var count) && count is >= 0 and <= MostTokens
            ? count : 0;
}
