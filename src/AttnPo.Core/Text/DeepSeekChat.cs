namespace AttnPo.Core.Text;

/// <summary>
/// The conversation of DeepSeek-R1 and the models distilled from it: a token in front of each turn, the last system message in front of
/// all, and of an answer only what follows its reasoning.
/// </summary>
internal static class DeepSeekChat
{
    public const string AssistantOpening = Assistant + ChatTemplate.ThinkOpening;

    private const string Begin = "<｜begin▁of▁sentence｜>", End = "<｜end▁of▁sentence｜>", User = "<｜User｜>", Assistant = "<｜Assistant｜>";

    public static readonly string[] Tokens = [Begin, End, User, Assistant];

    public static string Turns(IReadOnlyList<ChatMessage> messages)
    {
        var system = messages.LastOrDefault(message => message.Role == "system")?.Content;
        return Begin + system + string.Concat(messages.Select(message => message.Role switch
        {
            "user" => User + message.Content,
            "assistant" => Assistant + message.Content.Split("</think>")[^1] + End,
            _ => "",
        }));
    }
}
