using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.EvaluationProtocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// Measures a policy on the held-out prompts through the generator's device, a wave at a time. The draws come from a seed of their
/// own and are the same at every evaluation, so two evaluations differ by the policy and not by luck.
/// </summary>
internal sealed class Evaluator : Stage
{
    // Any constant parts the evaluation's draws from the training's; this one is the golden ratio's.
    private const ulong SeedOffset = 0x9E3779B97F4A7C15;

    private readonly EvaluationSettings _settings;
    private readonly IPromptSet _prompts;
    private readonly IReadOnlyList<string>? _sets;
    private readonly Func<string, int[]> _encode;
    private readonly GuardedReader _reader;
    private readonly IStepLabels? _labels;
    private readonly DeviceThread<IGenerator> _device;
    private readonly ulong _seed;
    private readonly FaultPlan _faults;
    private readonly List<EvaluationRow> _rows = [];
    private Evaluate? _task;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private Stopwatch _clock = new();
    private HeldWave? _held;
    private int _done;

    public Evaluator(
        EvaluationSettings settings, IPromptSet prompts, IReadOnlyList<string>? sets, Func<string, int[]> encode, GuardedReader reader,
        IStepLabels? labels, DeviceThread<IGenerator> device, ulong seed, FaultPlan faults)
    {
        _faults = faults;
        (_settings, _prompts, _sets, _encode, _reader, _labels, _device) = (settings, prompts, sets, encode, reader, labels, device);
        _seed = unchecked(seed + SeedOffset);
        Receive<Evaluate>(Begin);
        Receive<WaveMeasured>(wave => wave.Attempt == _task?.Attempt, Take);
        Receive<WaveFailed>(wave => wave.Attempt == _task?.Attempt, wave => Fail($"{wave.Attempt}", wave.Cause));
        Receive<WaveMeasured>(_ => { });
        Receive<WaveFailed>(_ => { });
    }

    public static Props Props(
        EvaluationSettings settings, IPromptSet prompts, IReadOnlyList<string>? sets, Func<string, int[]> encode, GuardedReader reader,
        IStepLabels? labels, DeviceThread<IGenerator> device, ulong seed, FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new Evaluator(settings, prompts, sets, encode, reader, labels, device, seed, faults));

    protected override StageStatus Status() => new(Name, _task?.Attempt, 0, _held is null ? [] : [_held], _done);

    protected override void LetGo()
    {
        _rows.Clear();
        (_task, _held, _done) = (null, null, 0);
    }

    private int Prompts => Math.Min(_settings.Prompts, _prompts.Count);

    private void Begin(Evaluate task)
    {
        RenewCancellation();
        _rows.Clear();
        (_task, _coordinator, _clock, _done) = (task, Sender, Stopwatch.StartNew(), 0);
        MeasureNext();
    }

    private void MeasureNext()
    {
        var first = _done * _settings.PromptsPerWave;
        var prompts = Enumerable.Range(first, Math.Min(_settings.PromptsPerWave, Prompts - first)).Select(i => _prompts[i]).ToArray();
        var attempt = _task!.Attempt;
        _held = new HeldWave(new WaveId(attempt.Step, _done), DateTimeOffset.UtcNow);
        MeasureAsync(prompts, _task.Policy, Cancellation).PipeTo(
            Self, success: rows => new WaveMeasured(attempt, rows), failure: cause => new WaveFailed(attempt, cause));
    }

    private void Take(WaveMeasured wave)
    {
        _rows.AddRange(wave.Rows);
        _done++;
        _coordinator.Tell(new EvaluationGoesOn(wave.Attempt, _done));
        if (_done * _settings.PromptsPerWave < Prompts)
        {
            MeasureNext();
            return;
        }
        _held = null;
        var task = _task!;
        _task = null;
        _coordinator.Tell(new EvaluationMeasured(task.Attempt, task.Policy, Figures()));
    }

    private SortedDictionary<string, double> Figures()
    {
        // A set of which nothing could be verified has no figures; its failures are counted all the same.
        var report = EvaluationReport.Of(
            [.. _rows.GroupBy(row => _sets?[(int)row.Index] ?? "").Select(set => (set.Key, (IReadOnlyList<EvaluationRow>)[.. set]))
                .Where(set => _sets is null || set.Item2.Any(row => !row.Verdict.IsFailure()))], []);
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var set in _sets is null ? [] : report.Sets) Add(figures, $"eval/{set.Name}/", set.Summary);
        Add(figures, "eval/", report.Total.Summary);
        AddBehaviour(figures);
        figures["eval/failed"] = _rows.Count(row => row.Verdict.IsFailure());
        figures["time/evaluate_s"] = _clock.Elapsed.TotalSeconds;
        return figures;
    }

    // As the other totals: every data set weighs the same.
    private void AddBehaviour(SortedDictionary<string, double> figures)
    {
        var sets = _rows.Where(row => row.Phrases is not null && !row.Verdict.IsFailure()).GroupBy(row => _sets?[(int)row.Index], row => row.Phrases!.Value)
            .ToArray();
        if (sets.Length == 0) return;
        figures["eval/confused_per_response"] = sets.Average(set => set.Average(phrases => phrases.Confused));
        figures["eval/forward_per_response"] = sets.Average(set => set.Average(phrases => phrases.Forward));
        figures["eval/backward_per_response"] = sets.Average(set => set.Average(phrases => phrases.Backward));
    }

    private static void Add(SortedDictionary<string, double> figures, string prefix, EvaluationSummary summary)
    {
        figures[prefix + "accuracy"] = summary.Accuracy;
        if (summary.AccuracyError is { } error) figures[prefix + "accuracy_se"] = error;
        figures[prefix + "pass_at_k"] = summary.PassAtK;
        figures[prefix + "tokens_mean"] = summary.TokensMean;
        figures[prefix + "tokens_median"] = summary.TokensMedian;
        figures[prefix + "truncated"] = summary.Truncated;
        figures[prefix + "failed"] = summary.Failed;
        figures[prefix + "prompts"] = summary.Questions;
        if (summary.RedundantShare is { } redundant) figures[prefix + "redundant_share"] = redundant;
        if (summary.EssentialMissing is { } missing) figures[prefix + "essential_missing"] = missing;
    }

    private async Task<IReadOnlyList<EvaluationRow>> MeasureAsync(Prompt[] prompts, PolicyVersion policy, CancellationToken cancellation)
    {
        var (log, faults) = (Log, _faults);
        var request = new GenerationRequest(
            _seed, 0, [.. prompts.Select(prompt => new GenerationPrompt(prompt.Index, _encode(prompt.Text)))], _settings.Samples,
            _settings.Sampling);
        var completions = await _device.RunAsync(
            (engine, token) =>
            {
                faults.Pass(FaultPoint.Evaluate);
                engine.LoadPolicy(policy.Value);
                return engine.Generate(request, token);
            },
            cancellation).ConfigureAwait(false);
        var promptOf = prompts.ToDictionary(prompt => prompt.Index);
        var outcomes = await Task.WhenAll(completions.Select(completion => _reader.ReadAsync(
            $"response {completion.Sample} to held-out prompt {completion.PromptId}", completion.Tokens,
            completion.Finish == FinishReason.Length, promptOf[completion.PromptId].Gold, cancellation))).ConfigureAwait(false);
        return [.. completions.Zip(outcomes, (completion, outcome) => Row(promptOf[completion.PromptId], completion, outcome, log))];
    }

    private EvaluationRow Row(Prompt prompt, Completion completion, VerificationOutcome outcome, ILoggingAdapter log)
    {
        var row = new EvaluationRow(prompt.Index, completion.Sample, outcome.Verdict, completion.Tokens.Length);
        try
        {
            if (outcome.Response is { } reading) return row with { Answer = reading.Answer, Steps = Count(prompt, reading), Phrases = reading.Phrases };
            log.Warning(
                outcome.Failure, "The response {0} to held-out prompt {1} is left out: {2}.",
                completion.Sample, prompt.Index, outcome.Verdict);
            return row;
        }
        catch (Exception failure)
        {
            log.Warning(failure, "The response {0} to held-out prompt {1} could not be verified; it is left out.", completion.Sample, prompt.Index);
            return row with { Verdict = Verdict.Failed };
        }
    }

    private LabelledSteps? Count(Prompt prompt, ReadResponse reading)
    {
        if (_labels is null) return null;
        return LabelledSteps.Count(
            _labels.Label(prompt, reading.Text, reading.Steps), _labels.MissingEssentials(prompt, reading.Text));
    }

    private sealed record WaveMeasured(StepAttempt Attempt, IReadOnlyList<EvaluationRow> Rows) : INoSerializationVerificationNeeded;

    private sealed record WaveFailed(StepAttempt Attempt, Exception Cause) : INoSerializationVerificationNeeded;
}
