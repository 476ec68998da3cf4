namespace AttnPo.Core.Text;

/// <summary>ChatML, which the Qwen families write: each turn between two tokens, with its role on the first line.</summary>
internal static class ChatMarkup
{
    public const string AssistantOpening = Start + "assistant\n";

    private const string Start = "<|im_start|>", End = "<|im_end|>";

    public static readonly string[] Tokens = [Start, End];

    /// <summary>All turns as they are, after the template's own system message where the conversation does not begin with one.</summary>
    public static string Turns(IReadOnlyList<ChatMessage> messages, string defaultSystem)
    {
        var turns = string.Concat(messages.Select(message => Turn(message.Role, message.Content)));
        return messages[0].Role == "system" ? turns : Turn("system", defaultSystem) + turns;
    }

    public static string Turn(string role, string content) => $"{Start}{role}\n{content}{End}\n";
}
