using System.Collections.Concurrent;
using AttnPo.Actors.Pipeline;
using AttnPo.Core.Text;
using AttnPo.Gpu;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>
/// An engine whose policy is one number. All it does is a function of its inputs, gradients depend on the order in which they are
/// added, and a checkpoint holds the whole state, so two runs that did the same have equal files. Hooks run inside the calls.
/// </summary>
internal sealed class FakeEngine(Tokenizer tokenizer)
{
    private readonly ConcurrentDictionary<long, double> _published = new();

    public Action<GenerationRequest> OnGenerate { get; set; } = _ => { };

    public Action<IReadOnlyList<ScoreRequest>> OnScore { get; set; } = _ => { };

    /// <summary>What a head says of a step, by the version of the policy.</summary>
    public Func<long, HeadId, int, double> StepScore { get; set; } = (_, head, step) => 0.05 * (1 + (step + head.Head) % 5);

    public Action<IReadOnlyList<TrainingSample>> OnAccumulate { get; set; } = _ => { };

    public Action<long> OnUpdate { get; set; } = _ => { };

    public Action<long> AfterSave { get; set; } = _ => { };

    public LearnerEngine CreateLearner()
    {
        var trainer = new FakeTrainer(this);
        return new LearnerEngine(trainer, new FakeScorer(this, trainer), trainer)
        {
            WriteHeads = (directory, heads) => File.WriteAllText(Path.Combine(directory, "heads.txt"), string.Join(' ', heads)),
        };
    }

    public IGenerator CreateGenerator() => new FakeGenerator(this);

    private sealed class FakeGenerator(FakeEngine engine) : IGenerator
    {
        private double _policy;
        private long? _version;

        public long PolicyVersion => _version ?? throw new InvalidOperationException("no policy");

        public void LoadPolicy(long version)
        {
            _policy = engine._published.TryGetValue(version, out var policy)
                ? policy
                : throw new InvalidOperationException($"version {version} is not held");
            _version = version;
        }

        public IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation)
        {
            engine.OnGenerate(request);
            cancellation.ThrowIfCancellationRequested();
            return [.. from prompt in request.Prompts
                       from sample in Enumerable.Range(0, request.SamplesPerPrompt)
                       select Complete(request, prompt, sample)];
        }

        public void Dispose()
        {
        }

        private Completion Complete(GenerationRequest request, GenerationPrompt prompt, int sample)
        {
            var draw = (uint)HashCode(request.Seed, request.Step, prompt.Id, sample, _policy);
            var gold = FakeTask.GoldOf(tokenizer: engine.Tokenizer, prompt.Tokens);
            var text = FakeTask.Respond(draw, gold, out var truncated);
            var tokens = engine.Tokenizer.Encode(text);
            var logProbs = tokens.Select((_, i) => -0.25f - i % 3).ToArray();
            return new Completion(prompt.Id, sample, tokens, logProbs, truncated ? FinishReason.Length : FinishReason.Stop);
        }

        // System.HashCode is seeded anew in each process; draws must not be.
        private static ulong HashCode(params double[] parts)
        {
            var hash = 14695981039346656037UL;
            foreach (var part in parts)
                hash = (hash ^ (ulong)BitConverter.DoubleToInt64Bits(part)) * 1099511628211UL % 0xFFFFFFFFFFFFFFC5UL;
            return hash ^ (hash >> 29);
        }
    }

    private Tokenizer Tokenizer => tokenizer;

    private sealed class FakeScorer(FakeEngine engine, ITrainer trainer) : IScorer
    {
        public IReadOnlyList<ResponseScores> Score(
            IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation)
        {
            engine.OnScore(requests);
            return [.. requests.Select(request => new ResponseScores(
new float[request.Response.Length], new float[request.Response.Length],
                engine.HeadScores(trainer.PolicyVersion, heads, request.Steps)))];
        }
    }

    private double[][] HeadScores(long version, IReadOnlyList<HeadId> heads, IReadOnlyList<TokenRange> steps) =>
        [.. heads.Select(head => steps.Select((_, step) => StepScore(version, head, step)).ToArray())];

    private sealed class FakeTrainer : ITrainer
    {
        private readonly FakeEngine _engine;
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private double _weight = 1, _momentum, _gradient;

        public FakeTrainer(FakeEngine engine)
        {
            _engine = engine;
            Publish();
        }

        public long PolicyVersion { get; private set; }

        public LossSums Accumulate(IReadOnlyList<TrainingSample> samples, CancellationToken cancellation)
        {
            CheckThread();
            _engine.OnAccumulate(samples);
            cancellation.ThrowIfCancellationRequested();
            ScoreRequest[] read = [.. samples.Where(sample => sample.Attention is not null)
                .Select(sample => new ScoreRequest(sample.Prompt, sample.Response, sample.Attention!.ThinkEnd, sample.Attention.Steps))];
            if (read.Length > 0) _engine.OnScore(read);
            var sum = 0.0;
            foreach (var sample in samples)
            {
                var weights = sample.Attention is { } attention ? attention.Weigh(_engine.HeadScores(PolicyVersion, attention.Heads, attention.Steps)) : sample.TokenWeights;
                for (var i = 0; i < weights.Length; i++) sum += weights[i] * (i + 1);
                // Not commutative: adding the same gradients in another order gives another sum.
                _gradient = _gradient * 1.001 + sum + sample.Response.Length * 1e-3;
            }
            long tokens = samples.Sum(sample => sample.Response.Length);
            return new LossSums(sum, tokens, tokens * 0.5, tokens, 0, 0, 0.001 * samples.Count, tokens, tokens, TimeSpan.Zero);
        }

        public UpdateReport Update(double learningRate, long tokenCount)
        {
            CheckThread();
            _engine.OnUpdate(PolicyVersion);
            _momentum = 0.9 * _momentum + _gradient / tokenCount;
            _weight += learningRate * _momentum;
            var norm = Math.Abs(_gradient / tokenCount);
            _gradient = 0;
            PolicyVersion++;
            Publish();
            return new UpdateReport(PolicyVersion, norm);
        }

        public void DiscardGradients() => _gradient = 0;

        public void SaveCheckpoint(string directory)
        {
            CheckThread();
            File.WriteAllText(Path.Combine(directory, "weights.txt"), $"{_weight:R}");
            File.WriteAllText(Path.Combine(directory, "optimizer.txt"), $"{_momentum:R} {PolicyVersion}");
            _engine.AfterSave(PolicyVersion);
        }

        public void LoadCheckpoint(string directory)
        {
            CheckThread();
            _weight = double.Parse(File.ReadAllText(Path.Combine(directory, "weights.txt")));
            var state = File.ReadAllText(Path.Combine(directory, "optimizer.txt")).Split(' ');
            (_momentum, PolicyVersion, _gradient) = (double.Parse(state[0]), long.Parse(state[1]), 0);
            Publish();
        }

        public void Dispose()
        {
        }

        private void Publish() => _engine._published[PolicyVersion] = _weight;

        private void CheckThread() => Xunit.Assert.Equal(_thread, Environment.CurrentManagedThreadId);
    }
}
