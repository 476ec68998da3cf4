using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Models;

/// <summary>
/// Prompts of JSON Lines files, in the order of files and lines. A row holds the right answer, <c>gold</c>, and one of <c>prompt</c>
/// (ready for the tokenizer), <c>question</c> (what a user asks) and <c>messages</c> (a conversation that ends with what a user asks).
/// </summary>
internal sealed class PromptFiles : IPromptSet
{
    private static readonly string[] Forms = ["prompt", "question", "messages"];

    private readonly List<Prompt> _prompts = [];
    private readonly PromptRendering _rendering;

    /// <summary>Reads the files.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="rendering">Writes questions and messages down.</param>
    /// <param name="skipBad">As <see cref="RowReader"/> takes it.</param>
    /// <param name="fault">What is wrong with a prompt's text; null where nothing is.</param>
    public PromptFiles(IEnumerable<string> files, PromptRendering rendering, bool? skipBad = null, Func<string, string?>? fault = null)
    {
        _rendering = rendering;
        foreach (var file in files)
        {
            var reader = new RowReader(file, skipBad);
            foreach (var (text, gold) in reader.Read(row => (Text: PromptOf(row, fault), Gold: Filled("gold", row.Text("gold")))))
                _prompts.Add(new(_prompts.Count, text, gold));
            Skipped += reader.Skipped;
            FirstSkipped ??= reader.FirstSkipped;
        }

        if (_prompts.Count == 0)
            throw new WorkFailedException(
                $"{string.Join(", ", files)}: no prompt; expected lines of "
                + "{\"question\",\"gold\"}, {\"messages\",\"gold\"} or {\"prompt\",\"gold\"}");
    }

    /// <summary>Rows left out.</summary>
    public long Skipped { get; }

    /// <summary>The first reason for which a row was left out, with its line.</summary>
    public string? FirstSkipped { get; }

    /// <inheritdoc/>
    public int Count => _prompts.Count;

    /// <inheritdoc/>
    public Prompt this[int index] => _prompts[index];

    private string PromptOf(Row row, Func<string, string?>? fault)
    {
        if (Forms.Where(row.Has).ToArray() is not [var form])
            throw new RowException("expected one of \"prompt\", \"question\" and \"messages\"");
        var text = form switch
        {
            "prompt" => Filled(form, row.Text(form)),
            "question" => _rendering.Question(Filled(form, row.Text(form))),
            _ => Conversation(row),
        };
        return fault?.Invoke(text) is { } problem ? throw new RowException($"\"{form}\" {problem}") : text;
    }

    private string Conversation(Row row)
    {
        if (row.Has("tools")) throw new RowException("\"tools\" are not supported");
        ChatMessage[] messages = [.. row.Rows("messages").Select(MessageOf)];
        // What an assistant has said last would be the answer that is asked for.
        if (messages is not [.., { Role: "user" }]) throw new RowException("\"messages\" does not end with a message of the user");
        return _rendering.Conversation(messages);
    }

    private static ChatMessage MessageOf(Row message)
    {
        if (message.Has("tool_calls")) throw new RowException("\"messages\" holds tool calls, which are not supported");
        var role = message.Text("role");
        return role is "system" or "user" or "assistant"
            ? new(role, message.Text("content"))
            : throw new RowException($"\"messages\" holds the role \"{role}\"; supported are system, user and assistant");
    }

    private static string Filled(string form, string text) => text.Length == 0 ? throw new RowException($"\"{form}\" is empty") : text;
}
