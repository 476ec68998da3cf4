using AttnPo.Core.Data;
using AttnPo.Core.Data.Questions;
using AttnPo.Core.Data.Rows;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Models;

/// <summary>Where a prompt is from.</summary>
/// <param name="Source">The data set that its row names; else the file's name.</param>
/// <param name="Place">File and line, or file and row, of the first of its copies.</param>
/// <param name="Id">What the data set calls it; null where it does not.</param>
/// <param name="Copies">How often it stands in the data.</param>
/// <param name="Benchmark">The benchmark that its row says it is of; null where it is none of the registry's.</param>
internal sealed record PromptOrigin(string Source, string Place, string? Id, int Copies, Benchmark? Benchmark = null);

/// <summary>Prompts of JSON Lines and Parquet files, in the order of files and rows, held as texts.</summary>
internal sealed class PromptFiles : IPromptSet
{
    private readonly List<Prompt> _prompts = [];
    private readonly List<PromptOrigin> _origins = [];

    /// <summary>Reads the files.</summary>
    /// <param name="files">Their paths; - is standard input.</param>
    /// <param name="rendering">Writes questions and messages down.</param>
    /// <param name="bad">Takes notice of rows that cannot be used.</param>
    /// <param name="fault">What is wrong with a prompt's text; null where nothing is.</param>
    /// <param name="fields">What holds what; null: known forms are recognised.</param>
    /// <param name="distinct">Keeps the first of equal prompts of a data set, and counts them: the copies stand for samples.</param>
    public PromptFiles(
        IReadOnlyList<string> files, PromptRendering rendering, BadRows bad, Func<string, string?>? fault = null,
        FieldMap? fields = null, bool distinct = false)
    {
        var known = new Dictionary<(string Source, string Text, string Gold), int>();
        foreach (var file in files)
        {
            foreach (var (row, text) in new QuestionFile(Open(file), fields).Read(row => (row, TextOf(row, rendering, fault)), bad.Add))
            {
                var source = row.Source ?? (file == "-" ? "standard input" : Path.GetFileNameWithoutExtension(file));
                if (distinct && !known.TryAdd((source, text, row.Gold.Text), _prompts.Count))
                {
                    var first = known[(source, text, row.Gold.Text)];
                    _origins[first] = _origins[first] with { Copies = _origins[first].Copies + 1 };
                    continue;
                }
                _prompts.Add(new(_prompts.Count, text, row.Gold));
                _origins.Add(new(source, row.Place, row.Id, 1, Core.Data.Questions.Benchmarks.OfSource(row.Source)));
            }
        }

        if (_prompts.Count == 0)
            throw new WorkFailedException(
                $"{string.Join(", ", files)}: no prompt; expected rows of {{\"question\",\"gold\"}}, {{\"messages\",\"gold\"}}, "
                + "{\"prompt\",\"gold\"} or one of the forms of docs/data.md");
    }

    /// <inheritdoc/>
    public int Count => _prompts.Count;

    /// <inheritdoc/>
    public Prompt this[int index] => _prompts[index];

    /// <summary>Where the prompt at an index is from.</summary>
    public PromptOrigin Origin(int index) => _origins[index];

    private static string TextOf(QuestionRow row, PromptRendering rendering, Func<string, string?>? fault)
    {
        var text = row.ReadyPrompt ?? rendering.Conversation(row.Messages);
        return fault?.Invoke(text) is { } problem ? throw new RowException($"{(row.ReadyPrompt is null ? "its prompt" : "\"prompt\"")} {problem}") : text;
    }

    private static IRowSource Open(string file)
    {
        if (file == "-") return new JsonLines("standard input", Console.OpenStandardInput);
        try
        {
            return DataFile.Open(file);
        }
        catch (FileNotFoundException e)
        {
            throw new WorkFailedException(e.Message);
        }
    }
}
