using System.Collections.Concurrent;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>A run's directory with a fake engine: the real pipeline and journal, started as often as a test likes.</summary>
internal sealed class FakeRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FakeEngine Engine { get; set; } = new(FakeTask.Tokenizer);

    public ConcurrentQueue<IRunProgress> News { get; } = new();

    public string Directory => _folder["run"];

    public RunSetup Setup(int steps = 4)
    {
        var task = new FakeTask(20);
        var engine = Engine;
        return new RunSetup
        {
            Directory = Directory,
            Run = new RunSettings
            {
                Steps = steps, Seed = 7, SettingsHash = "h1", CodeVersion = "test", RestartBackoff = TimeSpan.FromMilliseconds(1),
                Retention = new RetentionSettings { CheckpointEvery = 1, KeepCheckpoints = 2 },
            },
            PromptSampler = new PromptSamplerSettings { PromptsPerStep = 6, WavesPerStep = 4 },
            Generator = Waves.GeneratorSettings,
            Credit = CreditSettings.For(Method.AttnPo) with { Delay = 0 },
            AttentionScorer = new AttentionScorerSettings { Heads = [new HeadId(0, 0), new HeadId(1, 2)] },
            Optimizer = new OptimizerStageSettings { LearningRate = new LearningRateSchedule { Peak = 0.1 } },
            Evaluation = new EvaluationSettings { Every = 2, Prompts = 10, PromptsPerWave = 4, Sampling = Waves.Sampling },
            Training = task,
            HeldOut = new FakeTask(15, offset: 1000),
            Tokenizer = FakeTask.Tokenizer,
            Reader = FakeTask.Reader,
            Labels = task,
            CreateLearner = engine.CreateLearner,
            CreateGenerator = engine.CreateGenerator,
            Observe = News.Enqueue,
        };
    }

    /// <summary>Runs to the end and lets go of the directory.</summary>
    public async Task<RunOutcome> RunAsync(RunSetup? setup = null)
    {
        await using var run = TrainingRun.Start(setup ?? Setup());
        return await run.Completion.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>All that a run leaves and that must be equal between runs: files of the checkpoints and rollouts, metrics without times.</summary>
    public SortedDictionary<string, string> Result()
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var kind in (string[])["checkpoints", "rollouts"])
        {
            foreach (var file in System.IO.Directory.GetFiles(Path.Combine(Directory, kind), "*", SearchOption.AllDirectories))
                result[Path.GetRelativePath(Directory, file)] = File.ReadAllText(file);
        }
        foreach (var (line, i) in File.ReadAllLines(Path.Combine(Directory, "metrics.jsonl")).Select((line, i) => (line, i)))
            result[$"metrics {i:D3}"] = Metrics.WithoutTimes(line);
        return result;
    }

    /// <summary>As <see cref="Result"/>, without checkpoints but the last: how many there are is a matter of settings.</summary>
    public SortedDictionary<string, string> Outcome()
    {
        var result = Result();
        var last = System.IO.Directory.GetDirectories(Path.Combine(Directory, "checkpoints")).Select(Path.GetFileName).Max()!;
        foreach (var name in result.Keys.Where(name => name.StartsWith("checkpoints", StringComparison.Ordinal) && !name.Contains(last)).ToArray())
            result.Remove(name);
        return result;
    }

    public void Dispose() => _folder.Dispose();
}
