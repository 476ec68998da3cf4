using AttnPo.Core.Data.Rows;
using AttnPo.Core.Text;

namespace AttnPo.Core.Data.Questions;

/// <summary>Rows of this project's own form: the right answer and one of prompt, question and messages.</summary>
public static class OwnForm
{
    private static readonly string[] Texts = ["prompt", "question", "messages"];

    internal static readonly RowForm Form = new(
        "attnpo", "gold, and one of question, messages and prompt", row => row.Has("gold"), Read);

    /// <summary>What the model is asked: a prompt that is ready for the tokenizer, or else a conversation.</summary>
    /// <exception cref="RowException">The row has none of the members, or several.</exception>
    public static (string? ReadyPrompt, IReadOnlyList<ChatMessage> Messages) Asked(Row row)
    {
        if (Texts.Where(row.Has).ToArray() is not [var form])
            throw new RowException("expected one of \"prompt\", \"question\" and \"messages\"");
        return form switch
        {
            "prompt" => (row.FilledText(form), []),
            "question" => (null, [new ChatMessage("user", row.FilledText(form))]),
            _ => (null, Messages(row, form)),
        };
    }

    private static QuestionRow Read(Row row)
    {
        var (prompt, messages) = Asked(row);
        return new(messages, Gold(row)) { ReadyPrompt = prompt };
    }

    /// <summary>A conversation of system, user and assistant that ends with what a user asks.</summary>
    internal static IReadOnlyList<ChatMessage> Messages(Row row, string member)
    {
        if (row.Has("tools")) throw new RowException("\"tools\" are not supported");
        ChatMessage[] messages = [.. row.Rows(member).Select(message => MessageOf(message, member))];
        // What an assistant has said last would be the answer that is asked for.
        return messages is [.., { Role: "user" }]
            ? messages : throw new RowException($"\"{member}\" does not end with a message of the user");
    }

    private static string Gold(Row row) => row.FilledText("gold");

    private static ChatMessage MessageOf(Row message, string member)
    {
        if (message.Has("tool_calls")) throw new RowException($"\"{member}\" holds tool calls, which are not supported");
        var role = message.Text("role");
        return role is "system" or "user" or "assistant"
            ? new(role, message.Text("content"))
            : throw new RowException($"\"{member}\" holds the role \"{role}\"; supported are system, user and assistant");
    }
}
