using AttnPo.Core.Data;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Models;

/// <summary>Prompts of JSON Lines files, {"prompt","gold"} a line, in the order of files and lines.</summary>
internal sealed class PromptFiles : IPromptSet
{
    private readonly List<Prompt> _prompts = [];

    /// <summary>Reads the files.</summary>
    public PromptFiles(IEnumerable<string> files)
    {
        foreach (var file in files)
            foreach (var (text, gold) in new RowReader(file, skipBad: false).Read(row => (Text: NotEmpty(row.Text("prompt")), Gold: row.Text("gold"))))
                _prompts.Add(new(_prompts.Count, text, gold));
        if (_prompts.Count == 0) throw new WorkFailedException($"{string.Join(", ", files)}: no prompt; expected lines of {{\"prompt\",\"gold\"}}");
    }

    /// <inheritdoc/>
    public int Count => _prompts.Count;

    /// <inheritdoc/>
    public Prompt this[int index] => _prompts[index];

    private static string NotEmpty(string text) => text.Length > 0 ? text : throw new RowException("\"prompt\" is empty");
}
