using AttnPo.Core.Data;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Models;

/// <summary>Prompts of JSON Lines files, {"prompt","gold"} a line, in the order of files and lines.</summary>
internal sealed class PromptFiles : IPromptSet
{
    private readonly List<Prompt> _prompts = [];

    /// <summary>Reads the files.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="skipBad">As <see cref="RowReader"/> takes it.</param>
    /// <param name="fault">What is wrong with a prompt's text; null where nothing is.</param>
    public PromptFiles(IEnumerable<string> files, bool? skipBad = null, Func<string, string?>? fault = null)
    {
        foreach (var file in files)
        {
            var reader = new RowReader(file, skipBad);
            foreach (var (text, gold) in reader.Read(row => (Text: Checked(row.Text("prompt"), fault), Gold: row.Text("gold"))))
                _prompts.Add(new(_prompts.Count, text, gold));
            Skipped += reader.Skipped;
            FirstSkipped ??= reader.FirstSkipped;
        }

        if (_prompts.Count == 0) throw new WorkFailedException($"{string.Join(", ", files)}: no prompt; expected lines of {{\"prompt\",\"gold\"}}");
    }

    /// <summary>Rows left out.</summary>
    public long Skipped { get; }

    /// <summary>The first reason for which a row was left out, with its line.</summary>
    public string? FirstSkipped { get; }

    /// <inheritdoc/>
    public int Count => _prompts.Count;

    /// <inheritdoc/>
    public Prompt this[int index] => _prompts[index];

    private static string Checked(string text, Func<string, string?>? fault) =>
        text.Length == 0 ? throw new RowException("\"prompt\" is empty")
        : fault?.Invoke(text) is { } problem ? throw new RowException($"\"prompt\" {problem}") : text;
}
