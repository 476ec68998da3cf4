using AttnPo.Core.Data.Rows;
using AttnPo.Core.Text;

namespace AttnPo.Core.Data.Questions;

/// <summary>Rows of this project's own form: the right answer and one of prompt, question and messages.</summary>
internal static class OwnForm
{
    private static readonly string[] Texts = ["prompt", "question", "messages"];

    public static readonly RowForm Form = new(
        "attnpo", "gold, and one of question, messages and prompt", row => row.Has("gold"), Read);

    private static QuestionRow Read(Row row)
    {
        if (Texts.Where(row.Has).ToArray() is not [var form])
            throw new RowException("expected one of \"prompt\", \"question\" and \"messages\"");
        return form switch
        {
            "prompt" => new([], Gold(row)) { ReadyPrompt = row.FilledText(form) },
            "question" => new(row.FilledText(form), Gold(row)),
            _ => new(Messages(row, form), Gold(row)),
        };
    }

    /// <summary>A conversation of system, user and assistant that ends with what a user asks.</summary>
    public static IReadOnlyList<ChatMessage> Messages(Row row, string member)
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
