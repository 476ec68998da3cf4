using System.Diagnostics;
using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Host.Benchmarks;

/// <summary>
/// The method as one plain loop over the same engine, data and settings as a run's: no actors, no journal, no overlap. What the
/// pipeline is held against, in time and in result: both end with the same weights, bit for bit.
/// </summary>
internal sealed class BareLoop
{
    private readonly RunSetup _setup;
    private readonly ITrainer _trainer;
    private readonly IGenerator _generator;
    private readonly PromptReading _reading;
    private PromptDifficulty _difficulty = PromptDifficulty.Unknown;
    private long _cursor;

    private BareLoop(RunSetup setup, ITrainer trainer, IGenerator generator)
    {
        (_setup, _trainer, _generator) = (setup, trainer, generator);
        _reading = setup.PromptSampler.Reading(setup.Training, setup.Tokenizer.Encode, setup.Run.Seed);
    }

    /// <summary>Makes the run's steps and writes a checkpoint after each, as the run does; answers the seconds of each step.</summary>
    public static IReadOnlyList<double> Run(RunSetup setup, CancellationToken cancellation)
    {
        var learner = setup.CreateLearner();
        using var model = learner.Owner;
        using var generator = setup.CreateGenerator();
        var loop = new BareLoop(setup, learner.Trainer, generator);
        return [.. Enumerable.Range(1, setup.Run.Steps).Select(step =>
        {
            var clock = Stopwatch.StartNew();
            loop.Step(step, cancellation);
            return clock.Elapsed.TotalSeconds;
        })];
    }

    private void Step(int step, CancellationToken cancellation)
    {
        _generator.LoadPolicy(_trainer.PolicyVersion);
        var (prompts, waves) = (_setup.PromptSampler.PromptsPerStep, _setup.PromptSampler.WavesPerStep);
        long tokens = 0;
        var visits = new List<PromptVisit>(prompts);
        for (var wave = 0; wave < waves; wave++)
        {
            var read = _reading.Read(_cursor, ((wave + 1) * prompts / waves) - (wave * prompts / waves), _difficulty);
            _cursor += read.Length;
            tokens += Wave(step, read.Prompts, visits, cancellation);
        }

        if (_setup.PromptSampler.Difficulty is not null) _difficulty = _difficulty.After(visits);

        _trainer.Update(_setup.Optimizer.LearningRate.At(step, _setup.Run.Steps), Math.Max(1, tokens));
        var checkpoint = Path.Combine(_setup.Directory, $"step-{step}");
        Directory.CreateDirectory(checkpoint);
        _trainer.SaveCheckpoint(checkpoint);
        if (step > 1) Directory.Delete(Path.Combine(_setup.Directory, $"step-{step - 1}"), recursive: true);
    }

    /// <summary>Generates, judges and accumulates the groups of these prompts; answers their counted tokens.</summary>
    private long Wave(int step, IReadOnlyList<ReadPrompt> prompts, List<PromptVisit> visits, CancellationToken cancellation)
    {
        var request = new GenerationRequest(
            _setup.Run.Seed, step - 1,
            [.. prompts.Select(prompt => new GenerationPrompt(prompt.Position, prompt.Tokens))],
            _setup.Generator.SamplesPerPrompt, _setup.Generator.Sampling);
        var completions = _generator.Generate(request, cancellation).Chunk(_setup.Generator.SamplesPerPrompt).ToArray();
        var groups = prompts.Select((prompt, i) => Judge(prompt.Prompt, prompt.Tokens, completions[i]).ToArray()).ToArray();
        visits.AddRange(prompts.Zip(groups, (prompt, group) => VisitOf(prompt.Prompt, group)));
        var rollouts = groups.SelectMany(group => group).ToArray();

        TrainingSample[] samples = [.. rollouts.Where(r => r.Advantage != 0).Select(r => Sample(r, step))];
        if (samples.Length > 0) _trainer.Accumulate(samples, cancellation);
        return rollouts.Where(r => r.Counted).Sum(r => (long)r.Completion.Tokens.Length);
    }

    private static PromptVisit VisitOf(Prompt prompt, Rollout[] group) => new(
        prompt.Index, group.Count(r => r.Counted && r.Reading.Verdict == Verdict.Correct), group.Count(r => r.Counted));

    private IEnumerable<Rollout> Judge(Prompt prompt, int[] tokens, Completion[] completions)
    {
        var readings = completions
            .Select(c => _setup.Reader.Read(c.Tokens, c.Finish == FinishReason.Length, prompt.Gold)).ToArray();
        // The pipeline knows the true labels of every rollout, for its metrics; the same work is done here.
        foreach (var reading in readings) _setup.Labels?.Label(prompt, reading.Text, reading.Steps);
        var credit = GroupAssessment.Assess(
            [.. readings.Zip(completions, (reading, c) => new Outcome(reading.Verdict, c.Tokens.Length))], _setup.Credit);
        return completions.Select((completion, i) =>
            new Rollout(tokens, completion, readings[i], credit.Advantages[i], credit.Counted[i], credit.CorrectShare));
    }

    private TrainingSample Sample(Rollout rollout, int step)
    {
        var reading = rollout.Reading;
        var plain = new TrainingSample(rollout.Prompt, rollout.Completion.Tokens, [], GeneratorLogProbs: rollout.Completion.LogProbs);
        return StepRescaling.Applies(reading.Verdict, reading.Steps.Count, _setup.Credit)
            ? plain with
            {
                Attention = new AttentionReading(
                    _setup.AttentionScorer.Heads, reading.ThinkEnd, [.. reading.StepSpans.Select(s => new TokenRange(s.Start, s.End))],
                    scores => Weights(rollout, reading.StepSpans, Factors(rollout, scores, step))),
            }
            : plain with { TokenWeights = Weights(rollout, [], []) };
    }

    private static float[] Weights(Rollout rollout, IReadOnlyList<TokenSpan> spans, double[] factors) =>
        StepRescaling.TokenWeights(rollout.Advantage, rollout.Completion.Tokens.Length, spans, factors);

    private double[] Factors(Rollout rollout, double[][] scores, int step)
    {
        var response = rollout.Completion.Tokens.Length;
        var baseline = StepRescaling.Baseline(
            rollout.CorrectShare, _setup.Credit.Beta, response - rollout.Reading.ThinkEnd - 1, rollout.Prompt.Length + response);
        return [.. StepRescaling.Factors(
            rollout.Reading.Verdict, rollout.Advantage, StepScores.Mean(scores), baseline, rollout.CorrectShare, step, _setup.Credit)];
    }

    private sealed record Rollout(
        int[] Prompt, Completion Completion, ReadResponse Reading, double Advantage, bool Counted, double CorrectShare);
}
