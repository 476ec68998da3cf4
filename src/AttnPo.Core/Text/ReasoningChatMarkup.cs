namespace AttnPo.Core.Text;

/// <summary>
/// Qwen3's ChatML: earlier answers lose their reasoning, for the model never sees it again; answers after the last question keep theirs.
/// </summary>
internal static class ReasoningChatMarkup
{
    public static string Turns(IReadOnlyList<ChatMessage> messages)
    {
        var lastQuestion = messages.Count - 1;
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (!IsQuestion(messages[i])) continue;
            lastQuestion = i;
            break;
        }
        return string.Concat(messages.Select((message, i) => ChatMarkup.Turn(message.Role, message.Role == "assistant"
            ? Answer(message.Content, isAfterQuestion: i > lastQuestion, isLast: i == messages.Count - 1)
            : message.Content)));
    }

    // What a tool answered stands in a user's turn too, and asks nothing.
    private static bool IsQuestion(ChatMessage message) =>
        message.Role == "user"
        && !(message.Content.StartsWith("<tool_response>", StringComparison.Ordinal)
            && message.Content.EndsWith("</tool_response>", StringComparison.Ordinal));

    private static string Answer(string content, bool isAfterQuestion, bool isLast)
    {
        var (reasoning, answer) = ("", content);
        if (content.Contains("</think>", StringComparison.Ordinal))
        {
            var parts = content.Split("</think>");
            reasoning = parts[0].TrimEnd('\n').Split("<think>")[^1].TrimStart('\n');
            answer = parts[^1].TrimStart('\n');
        }
        return isAfterQuestion && (isLast || reasoning.Length > 0)
            ? $"<think>\n{reasoning.Trim('\n')}\n</think>\n\n{answer.TrimStart('\n')}"
            : answer;
    }
}
