using System.CommandLine;
using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Verification;
using AttnPo.Host.Evaluations;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using AttnPo.Host.Progress;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Commands;

/// <summary>probe: finds the heads that tell essential from redundant steps, and shows them.</summary>
internal sealed class ProbeCommand
{
    private const int TinyPrompts = 600;

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Labelled responses, JSON Lines: {\"id\",\"prompt\",\"response\",\"steps\"} (docs/probing.md); with --collect questions of any form.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string> _task = new("--task") { Description = "The model's own responses to a task that knows its essential steps." };
    private readonly Option<int> _prompts = new Option<int>("--prompts")
    {
        Description = $"Prompts of --task ({TinyPrompts} unless given), or questions to ask at most with --collect.",
        HelpName = "N",
    }.AtLeast(1);
    private readonly Option<string> _output = new("--out")
    {
        Description = "Folder for figures, pictures, heads and responses. Files of an earlier probe in it are replaced, collected responses are not.",
        HelpName = "DIR",
        Required = true,
    };
    private readonly Option<int> _mostHeads = new Option<int>("--most-heads")
    {
        Description = "The largest set of heads to choose.",
        HelpName = "N",
        DefaultValueFactory = _ => HeadReport.DefaultMostHeads,
    }.AtLeast(1);
    private readonly Option<bool> _skipBad = new("--skip-bad")
    {
        Description = "Count and leave out rows of --data that cannot be used instead of stopping at the first.",
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON object." };
    private readonly EngineOptions _engine;
    private readonly CollectOptions _collect;
    private readonly LabelOptions _labels;
    private readonly InterveneOptions _intervene;
    private readonly StepOptions _steps;
    private readonly FieldOption _fields;
    private readonly ChatOptions _chat;
    private readonly SamplingOptions _sampling;
    private readonly JudgingOptions _judging;

    private ProbeCommand(Command command)
    {
        _engine = new(command);
        command.Add(_data);
        command.Add(_task.AcceptOnlyFromAmong("tiny"));
        command.Add(_prompts);
        command.Add(_output);
        _collect = new(command);
        _labels = new(command);
        command.Add(_mostHeads);
        _intervene = new(command);
        _steps = new(command);
        command.Add(_skipBad);
        _fields = new(command);
        _chat = new(command);
        _sampling = new(command);
        _judging = new(command);
        command.Add(_json);
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("probe", "Finds a model's Key-Focus Heads from responses whose steps are labelled, and shows every head.");
        var options = new ProbeCommand(command);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var files = parsed.GetValue(_data) ?? [];
        Check(parsed, files);
        var (folder, device, format) = _engine.Open(parsed);
        var output = new ProbeFolder(parsed.GetRequiredValue(_output));
        output.RequireApart(files, _collect.Asked(parsed) ? ProbeFolder.ResponsesFile : ProbeFolder.ProbedFile);
        using var engines = new ProbeEngines(folder, device, format);
        // Before any work: what is wrong with the options of labels, or a judge's key that is missing, is known then.
        var sources = _labels.Sources(parsed, folder, engines, output.Directory);
        try
        {
            // The task as the embedded default trains on it, and cut as there.
            var embedded = files.Length == 0 ? SettingsFiles.Resolve(SettingsFiles.DefaultName, []) : null;
            var segmentation = embedded is null ? new() : StageSettings.Segmentation(embedded);
            var verifier = _judging.Verifier(parsed);
            var reader = _steps.Reader(parsed, folder.Tokenizer, segmentation, verifier);
            var sampler = new ResponseSampler(folder, reader, () => engines.Generator);
            if (_collect.Asked(parsed))
            {
                var file = Collect(parsed, folder, output, sampler, Questions(parsed, files, folder), (device, $"{format}"), cancellation);
                if (!_labels.AreNamed(parsed))
                {
                    parsed.InvocationConfiguration.Output.WriteLine(
                        $"responses are in {file}: label the steps there and give it with --data, or give it with --data and --label ablation or judge");
                    return ExitCode.Done;
                }
                files = [file];
            }

            var responses = embedded is null
                ? Read(parsed, files, folder, reader) : Sample(parsed, folder, StageSettings.Task(embedded)!, sampler, cancellation);
            engines.CloseGenerator();
            // Labels that are there are compared with the asked-for ones in any case, but for a source's own: it would agree with itself.
            if (!sources.Any(source => source is GivenLabels)
                && responses.Any(response => response.Labels.Count > 0 && sources.All(source => source.Name != response.LabelledBy)))
                sources = [.. sources, new GivenLabels()];
            if (!_labels.Estimates(parsed, sources, responses))
                await ProbeAsync(parsed, folder, new(folder, engines, output, parsed.InvocationConfiguration.Error), sources, responses, verifier, cancellation);
            return ExitCode.Done;
        }
        finally
        {
            foreach (var source in sources.OfType<IDisposable>()) source.Dispose();
        }
    }

    private void Check(ParseResult parsed, string[] files)
    {
        var collects = _collect.Asked(parsed);
        if (files.Length > 0 == parsed.GetValue(_task) is not null)
            throw new SettingsException("probe: expected --data FILE or --task tiny, one of the two");
        if (files.Length == 0 && (collects ? "--collect" : parsed.GetValue(_skipBad) ? _skipBad.Name : _chat.FirstGiven(parsed)) is { } forFiles)
            throw new SettingsException($"probe: {forFiles} goes with --data FILE");
        if ((_collect.Idle(parsed) ?? (collects ? null : _fields.Given(parsed))) is { } forCollecting)
            throw new SettingsException($"probe: {forCollecting} goes with --collect N");
        if (files.Length > 0 && !collects && parsed.GetResult(_prompts) is not null)
            throw new SettingsException($"probe: {_prompts.Name} goes with --task or --collect N");
        if (_intervene.Idle(parsed) is { } forIntervening) throw new SettingsException($"probe: {forIntervening} goes with --intervene");
        if (collects && !_labels.AreNamed(parsed) && _intervene.Asked(parsed))
            throw new SettingsException("probe: --collect with --intervene needs labels: --label ablation or --label judge");
        if (collects && _labels.AreNamed(parsed) && _labels.GivenDecide(parsed))
            throw new SettingsException(
                "probe: --collect with --label given: collected responses bring no labels; leave --label out and label them, or name another first");
        var samples = files.Length == 0 || collects;
        if (!samples && !_intervene.Asked(parsed) && _sampling.FirstGiven(parsed) is { } forSampling)
            throw new SettingsException($"probe: {forSampling} goes with --task, --collect N or --intervene");
        if (!samples && !_intervene.Draws(parsed) && _sampling.FirstOfDraws(parsed) is { } forDraws)
            throw new SettingsException($"probe: {forDraws} goes with --answers of 2 or more: a single answer is greedy");
    }

    private PromptFiles Questions(ParseResult parsed, string[] files, ModelFolder folder)
    {
        var bad = new BadRows(parsed.GetValue(_skipBad));
        var prompts = new PromptFiles(
            files, _chat.Rendering(parsed, folder), bad, text => folder.PromptFault(folder.Tokenizer.Encode(text)), _fields.Read(parsed), distinct: true);
        Report(parsed, bad);
        return prompts;
    }

    private string Collect(
        ParseResult parsed, ModelFolder folder, ProbeFolder output, ResponseSampler sampler, PromptFiles prompts, (string Device, string Format) engine,
        CancellationToken cancellation)
    {
        var count = parsed.GetResult(_prompts) is null ? prompts.Count : Math.Min(prompts.Count, parsed.GetValue(_prompts));
        Verifiers.Require(Verifiers.KindsOf(prompts, count), _judging.Isolation(parsed), "--isolation none");
        var settings = _collect.Settings(parsed, _sampling.Seed(parsed), _sampling.Settings(parsed, folder));
        (string, string)[] identity =
        [
            ("version", typeof(ProbeCommand).Assembly.GetName().Version!.ToString(3)),
            ("model", EvaluationIdentity.OfModel(folder)),
            ("device", engine.Device), ("threads", $"{TorchSharp.torch.get_num_threads()}"), ("dtype", engine.Format),
            ("number of questions", $"{count}"),
            ("questions as the model is asked them, with their answers",
                EvaluationIdentity.OfQuestions(prompts, DataSets.One("collect", count, new(null, null, null, settings.Sampling)))),
            .. settings.Identity(), .. _steps.Identity(parsed, new()), .. _judging.Identity(parsed),
        ];
        new CollectionRun(output, new(folder.Tokenizer.Encode), parsed.InvocationConfiguration.Error)
            .Run(new(prompts, count, sampler, settings), identity, cancellation);
        return output.At(ProbeFolder.ResponsesFile);
    }

    private IReadOnlyList<LabelledResponse> Read(ParseResult parsed, string[] files, ModelFolder folder, ResponseReader reader)
    {
        var bad = new BadRows(parsed.GetValue(_skipBad));
        var rows = new LabelledRows(folder, _chat.Rendering(parsed, folder), reader);
        List<LabelledResponse> responses = [.. files.SelectMany(file => rows.Read(file, bad))];
        Report(parsed, bad);
        if (rows.Cut == 0 && !_collect.Asked(parsed) && _steps.FirstGiven(parsed) is { } forCutting)
            throw new SettingsException($"probe: {forCutting} goes with rows without steps; all rows of {string.Join(", ", files)} have steps");
        if (rows.Wrong > 0)
            parsed.InvocationConfiguration.Error.WriteLine($"{rows.Wrong} responses left out: wrong by their own gold answer");
        return responses;
    }

    private IReadOnlyList<LabelledResponse> Sample(
        ParseResult parsed, ModelFolder folder, TinyTask task, ResponseSampler sampler, CancellationToken cancellation)
    {
        var count = Math.Min(task.Train.Count, parsed.GetResult(_prompts) is null ? TinyPrompts : parsed.GetValue(_prompts));
        if (folder.PromptFault(folder.Tokenizer.Encode(task.Train[0].Text)) is { } fault)
            throw new WorkFailedException($"{folder.Directory}: a prompt of the task {fault}");
        IReadOnlyList<LabelledResponse> responses = [];
        // The prompts, and at the default options the draws, of the warm-up, which finds the shipped model's heads so.
        CountedProgress.Run("responses", count, advance => responses = new TaskResponses(task, sampler).Sample(
            [.. Enumerable.Range(0, count).Select(index => task.Train[index])], _sampling.Seed(parsed), _sampling.Settings(parsed, folder),
            advance, cancellation));
        parsed.InvocationConfiguration.Error.WriteLine($"{responses.Count} of {count} responses are correct");
        return responses;
    }

    private async Task ProbeAsync(
        ParseResult parsed, ModelFolder folder, ProbeWork work, IReadOnlyList<ILabelSource> sources, IReadOnlyList<LabelledResponse> responses,
        IAnswerVerifier verifier, CancellationToken cancellation)
    {
        var (seed, text) = (_sampling.Seed(parsed), parsed.InvocationConfiguration.Output);
        var findings = work.Find(
            responses, await ProbeWork.LabelAsync(responses, sources, cancellation), seed, parsed.GetValue(_mostHeads), cancellation);
        work.Write(findings, About(parsed, folder), sources.OfType<AblationLabels>().FirstOrDefault() is { } ablation ? ablation.DropsOf : _ => null);
        var result = new ProbeOutput(folder.Config, findings, parsed.GetRequiredValue(_output));
        if (_intervene.Asked(parsed))
        {
            var settings = _intervene.Settings(parsed, seed, _sampling.Settings(parsed, folder));
            result.Add(settings, work.Intervene(findings, verifier, settings, cancellation));
            work.Write(result.Intervention!);
        }
        if (parsed.GetValue(_json)) text.WriteLine(result.Json());
        else foreach (var line in result.Lines()) text.WriteLine(line);
    }

    private JsonObject About(ParseResult parsed, ModelFolder folder)
    {
        var labels = new JsonObject();
        foreach (var (name, value) in _labels.Identity(parsed)) labels[name] = value;
        return new()
        {
            ["model"] = Path.GetFileName(folder.Directory),
            ["model_hash"] = EvaluationIdentity.OfModel(folder),
            ["seed"] = _sampling.Seed(parsed),
            ["labels"] = labels,
        };
    }

    private static void Report(ParseResult parsed, BadRows bad)
    {
        if (bad.Report is { } left) parsed.InvocationConfiguration.Error.WriteLine(left);
    }
}
