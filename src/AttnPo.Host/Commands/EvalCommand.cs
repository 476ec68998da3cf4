using System.CommandLine;
using System.Globalization;
using AttnPo.Core.Data;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Host.Evaluations;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;
using Spectre.Console;

namespace AttnPo.Host.Commands;

/// <summary>eval: accuracy and length of a model's responses by data set, a row a question and a summary.</summary>
internal sealed class EvalCommand
{
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Questions, JSON Lines or Parquet: {\"question\",\"gold\"}, {\"messages\",\"gold\"}, "
            + "{\"prompt\",\"gold\"} (ready for the tokenizer), or a data set's own form (docs/data.md). Equal questions count once. A file is a data set, unless its rows name theirs.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string> _task = new("--task") { Description = "Held-out prompts of a task that makes its own." };
    private readonly Option<string> _benchmark = new("--benchmark")
    {
        Description = "The questions are of this benchmark: its samples, temperature and top-p hold where the options are not given. "
            + "Without it, those of the benchmark that rows name.",
        HelpName = "NAME",
    };
    private readonly Option<int> _prompts = new Option<int>("--prompts")
    {
        Description = "Evaluate only so many questions, from the first on.",
        HelpName = "N",
    }.AtLeast(1);
    private readonly Option<int> _samples = new Option<int>("--samples")
    {
        Description = "Responses to each question. Default: the benchmark's; of other data as many as every question has copies, most often 1.",
        HelpName = "K",
    }.AtLeast(1);
    private readonly Option<string> _budgets = new Option<string>("--budgets")
    {
        Description = "Adds the accuracy with responses cut at each of these numbers of tokens; those of --max-new and more say nothing "
            + "new and are left out.",
        HelpName = "N,...",
        DefaultValueFactory = _ => string.Join(",", TokenBudget.Usual),
    }.Within(text => Numbers(text).All(number => number > 0), "numbers of tokens, e.g. 2048,4096");
    private readonly Option<string> _output = new("--out")
    {
        Description = "Rows, one a question; whole or not at all. Until then they are in FILE.partial, where the same command goes on "
            + "after an interruption.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<bool> _fresh = new("--fresh") { Description = "Throw away what an interrupted evaluation left in FILE.partial." };
    private readonly Option<string> _baseline = new("--baseline")
    {
        Description = "Rows of another evaluation: adds the efficiency score against it, data set by data set.",
        HelpName = "FILE",
    };
    private readonly Option<bool> _skipBad = new("--skip-bad")
    {
        Description = "Count and leave out rows of --data that cannot be used instead of stopping at the first.",
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print the summary as one JSON object." };
    private readonly EngineOptions _engine;
    private readonly FieldOption _fields;
    private readonly ChatOptions _chat;
    private readonly SamplingOptions _sampling;
    private readonly JudgingOptions _judging;

    private EvalCommand(Command command)
    {
        _engine = new(command);
        command.Add(_data);
        command.Add(_skipBad);
        _fields = new(command);
        _chat = new(command);
        command.Add(_task.AcceptOnlyFromAmong("tiny"));
        command.Add(_benchmark.AcceptOnlyFromAmong([.. Core.Data.Questions.Benchmarks.All.Select(benchmark => benchmark.Name)]));
        command.Add(_prompts);
        command.Add(_samples);
        _sampling = new(command);
        command.Add(_budgets);
        command.Add(_output);
        command.Add(_fresh);
        command.Add(_baseline);
        _judging = new(command);
        command.Add(_json);
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("eval", "Measures accuracy and length of a model's responses.");
        var options = new EvalCommand(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(options.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var files = parsed.GetValue(_data) ?? [];
        if (files.Length > 0 == parsed.GetValue(_task) is not null)
            throw new SettingsException("eval: expected --data FILE... or --task tiny, one of the two");
        if (files.Length == 0 && ForFiles(parsed) is { } given) throw new SettingsException($"eval: {given} goes with --data FILE...");
        var baseline = parsed.GetValue(_baseline) is { } path ? EvaluationBaseline.Read(path) : null;
        var (folder, device, format) = _engine.Open(parsed);
        // The task as the embedded default trains on it, and cut as there.
        var embedded = files.Length == 0 ? SettingsFiles.Resolve(SettingsFiles.DefaultName, []) : null;
        var tiny = embedded is null ? null : StageSettings.Task(embedded);
        var read = tiny is null ? Read(parsed, files, folder) : null;
        var prompts = tiny?.HeldOut ?? read!;
        var sets = Sets(parsed, folder, prompts, read);
        for (var i = 0; tiny is not null && i < sets.Count; i++)
            if (folder.PromptFault(folder.Tokenizer.Encode(prompts[i].Text)) is { } fault)
                throw new WorkFailedException($"{folder.Directory}: held-out prompt {i} {fault}");
        // What cannot be compared or judged is to be known before hours of work.
        var compared = baseline?.For([.. sets.All.Select(set => set.Name)]);
        if (read is not null) Verifiers.Require(Verifiers.KindsOf(read, sets.Count), _judging.Isolation(parsed), "--isolation none");
        var reader = new ResponseReader(
            folder.Tokenizer, PhraseTable.Official, embedded is null ? new() : StageSettings.Segmentation(embedded), _judging.Verifier(parsed));

        using var file = new EvaluationFile(
            parsed.GetRequiredValue(_output), Identity(parsed, folder, prompts, sets, device, $"{format}"), parsed.GetValue(_fresh));
        var rows = new EvaluationWork(prompts, sets, new(folder.Tokenizer, reader, tiny), file).Run(
            () => EngineFactory.Generator(folder, device, format), _sampling.Seed(parsed), parsed.InvocationConfiguration.Error, cancellation);
        file.Commit();
        Print(parsed, Report(sets, rows, Budgets(parsed, folder), compared));
        return ExitCode.Done;
    }

    private PromptFiles Read(ParseResult parsed, string[] files, ModelFolder folder)
    {
        var bad = new BadRows(parsed.GetValue(_skipBad));
        var read = new PromptFiles(
            files, _chat.Rendering(parsed, folder), bad, text => folder.PromptFault(folder.Tokenizer.Encode(text)), _fields.Read(parsed),
            distinct: true);
        if (bad.Report is { } left) parsed.InvocationConfiguration.Error.WriteLine(left);
        return read;
    }

    private DataSets Sets(ParseResult parsed, ModelFolder folder, IPromptSet prompts, PromptFiles? read)
    {
        var count = parsed.GetResult(_prompts) is null ? prompts.Count : Math.Min(prompts.Count, parsed.GetValue(_prompts));
        var asked = new AskedDecoding(
            parsed.GetResult(_samples) is null ? null : parsed.GetValue(_samples), _sampling.Temperature(parsed), _sampling.TopP(parsed),
            _sampling.Settings(parsed, folder));
        return read is null
            ? DataSets.One(parsed.GetRequiredValue(_task), count, asked)
            : DataSets.Of(read, count, asked, parsed.GetValue(_benchmark) is { } name ? Core.Data.Questions.Benchmarks.Named(name) : null);
    }

    private string? ForFiles(ParseResult parsed) =>
        parsed.GetValue(_skipBad) ? _skipBad.Name
        : parsed.GetValue(_benchmark) is not null ? _benchmark.Name
        : _fields.Given(parsed) ?? _chat.FirstGiven(parsed);

    private IReadOnlyList<(string Name, string Value)> Identity(
        ParseResult parsed, ModelFolder folder, IPromptSet prompts, DataSets sets, string device, string format) =>
    [
        ("version", typeof(EvalCommand).Assembly.GetName().Version!.ToString(3)),
        ("model", EvaluationIdentity.OfModel(folder)),
        ("device", device),
        ("threads", TorchSharp.torch.get_num_threads().ToString(CultureInfo.InvariantCulture)),
        ("dtype", format),
        ("number of questions", sets.Count.ToString(CultureInfo.InvariantCulture)),
        ("questions as the model is asked them, with their answers", EvaluationIdentity.OfQuestions(prompts, sets)),
        ("samples", EvaluationIdentity.Of(sets, set => set.Samples)),
        ("temperature", EvaluationIdentity.Of(sets, set => set.Sampling.Temperature)),
        ("top-p", EvaluationIdentity.Of(sets, set => set.Sampling.TopP)),
        ("max-new", EvaluationIdentity.Of(sets, set => set.Sampling.MaxNewTokens)),
        ("seed", _sampling.Seed(parsed).ToString(CultureInfo.InvariantCulture)),
        .. _judging.Identity(parsed),
    ];

    private IReadOnlyList<int> Budgets(ParseResult parsed, ModelFolder folder) =>
        [.. Numbers(parsed.GetRequiredValue(_budgets)).Where(number => number < _sampling.Settings(parsed, folder).MaxNewTokens).Distinct().Order()];

    private static EvaluationReport Report(
        DataSets sets, IReadOnlyList<IReadOnlyList<EvaluationRow>> rows, IReadOnlyList<int> budgets, IReadOnlyList<BaselineFigures>? baselines)
    {
        var ofSet = rows.SelectMany(responses => responses).ToLookup(response => sets.Of(response.Index));
        try
        {
            return EvaluationReport.Of([.. sets.All.Select(set => (set.Name, (IReadOnlyList<EvaluationRow>)[.. ofSet[set]]))], budgets, baselines);
        }
        catch (ArgumentException e)
        {
            throw new WorkFailedException($"the rows are written, but there is nothing to sum up: {e.Message}");
        }
    }

    private void Print(ParseResult parsed, EvaluationReport report)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json)) output.WriteLine(EvaluationOutput.Json(report));
        else if (output == Console.Out && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi)
            AnsiConsole.Write(EvaluationOutput.Table(report));
        else foreach (var line in EvaluationOutput.Lines(report)) output.WriteLine(line);
    }

    // 0 for what is no number.
    private static IEnumerable<int> Numbers(string text) =>
        text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0);
}
