namespace AttnPo.Core.Text;

/// <summary>
/// How a model family writes a conversation down. The rendered text holds every special token it needs and is encoded as it is: nothing,
/// a begin token least of all, is added.
/// </summary>
/// <remarks>
/// Each renders what its published Jinja template renders, byte for byte. That includes putting contents in unescaped: a message that
/// spells a special token gets one. Tool calls are not supported.
/// </remarks>
public sealed class ChatTemplate
{
    /// <summary>What opens a response's reasoning.</summary>
    public const string ThinkOpening = "<think>\n";

    private static readonly ChatTemplate[] All =
    [
        new("qwen2.5", messages => ChatMarkup.Turns(messages, "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."),
            ChatMarkup.AssistantOpening, ChatMarkup.Tokens),
        new("qwen2.5-math",
            messages => ChatMarkup.Turns(messages, @"Please reason step by step, and put your final answer within \boxed{}."),
            ChatMarkup.AssistantOpening, ChatMarkup.Tokens),
        new("qwen3", ReasoningChatMarkup.Turns, ChatMarkup.AssistantOpening, ChatMarkup.Tokens),
        new("deepseek-r1", DeepSeekChat.Turns, DeepSeekChat.AssistantOpening, DeepSeekChat.Tokens),
        new("plain", messages => string.Concat(messages.Select(message => message.Content + "\n")), "", []),
    ];

    private readonly Func<IReadOnlyList<ChatMessage>, string> _turns;
    private readonly string _assistantOpening;

    private ChatTemplate(string name, Func<IReadOnlyList<ChatMessage>, string> turns, string assistantOpening, string[] specialTokens) =>
        (Name, _turns, _assistantOpening, SpecialTokens) = (name, turns, assistantOpening, specialTokens);

    /// <summary>The names of all templates.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(template => template.Name)];

    /// <summary>Its name, one of <see cref="Names"/>.</summary>
    public string Name { get; }

    /// <summary>The tokens that carry its structure: a tokenizer without one of them belongs to another template.</summary>
    public IReadOnlyList<string> SpecialTokens { get; }

    /// <summary>Whether a prompt ends inside the reasoning already, so that the response holds no opening tag.</summary>
    public bool OpensThinking => _assistantOpening.EndsWith(ThinkOpening, StringComparison.Ordinal);

    /// <summary>The template of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static ChatTemplate Named(string name) => All.FirstOrDefault(template => template.Name == name)
        ?? throw new ArgumentException($"There is no chat template {name}; known are {string.Join(", ", Names)}.", nameof(name));

    /// <summary>The template that a Jinja text renders; null where it is none of them, however like one it may look.</summary>
    public static ChatTemplate? Recognize(string jinja) => ChatTemplateSignature.NameOf(jinja) is { } name ? Named(name) : null;

    /// <summary>Writes a conversation down.</summary>
    /// <param name="messages">At least one.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with what opens the assistant's answer.</param>
    /// <exception cref="InvalidDataException">There is no message, or one of another role than system, user and assistant.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        if (messages.Count == 0) throw new InvalidDataException("There is no message.");
        foreach (var message in messages)
        {
            if (message.Role is not ("system" or "user" or "assistant"))
                throw new InvalidDataException($"A message has the role \"{message.Role}\"; supported are system, user and assistant.");
        }
        return addGenerationPrompt ? _turns(messages) + _assistantOpening : _turns(messages);
    }
}
