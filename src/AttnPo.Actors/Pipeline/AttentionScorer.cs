using System.Diagnostics;
using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// The fourth stage: how much the answer looks back at each step, and the factor that follows. Only responses to which rescaling
/// applies and that will be trained on are scored; where there are none, the device is not called. With it a wave is judged: all that
/// its gradient needs is laid down before the wave is passed on.
/// </summary>
internal sealed class AttentionScorer(
    IActorRef upstream, AttentionScorerSettings settings, CreditSettings credit, DeviceThread<LearnerEngine> device, RunFolder folder,
    FaultPlan faults)
    : WaveStage<JudgedWave, ScoredWave>(upstream, settings.Window, faults, FaultPoint.Scored)
{
    private readonly FaultPlan _faults = faults;

    public static Props Props(
        IActorRef upstream, AttentionScorerSettings settings, CreditSettings credit, DeviceThread<LearnerEngine> device, RunFolder folder,
        FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new AttentionScorer(upstream, settings, credit, device, folder, faults));

    protected override RunEvent Progress(ScoredWave wave) =>
        new WaveJudged(wave.Id, wave.Judgement, wave.Verifying.TotalSeconds, wave.Scoring.TotalSeconds);

    protected override async Task<ScoredWave> WorkAsync(JudgedWave wave, BeginStep step, CancellationToken cancellation)
    {
        if (wave.Recalled is { } recalled && step.StoredOf(wave.Id) is { Judgement: { } judgement } stored)
        {
            return new ScoredWave(
                wave.Attempt, wave.Id, wave.Policy, recalled, wave.Dropped, judgement, wave.Generating, wave.Verifying,
                TimeSpan.FromSeconds(stored.ScoreSeconds));
        }
        var candidates = wave.Groups.SelectMany(Candidates).ToArray();
        var (scores, elapsed) = await ScoreAsync(candidates, step.Heads ?? settings.Heads, cancellation).ConfigureAwait(false);
        var creditOf = candidates
            .Zip(scores, (candidate, ofSteps) => (candidate.Id, Credit: Rescale(candidate, ofSteps, step)))
            .ToDictionary(scored => scored.Id, scored => scored.Credit);
        var groups = wave.Groups
            .Select(group => new ScoredGroup(
                group, [.. group.Readings.Select((_, sample) => creditOf.GetValueOrDefault(IdOf(group, sample)))]))
            .ToArray();
        return new ScoredWave(
            wave.Attempt, wave.Id, wave.Policy, groups, wave.Dropped, folder.WriteJudgement(wave.Id, groups), wave.Generating, wave.Verifying,
            elapsed);
    }

    private IEnumerable<Candidate> Candidates(JudgedGroup judged) =>
        from sample in Enumerable.Range(0, judged.Readings.Count)
        where judged.Credit.Advantages[sample] != 0
            && StepRescaling.Applies(judged.Readings[sample].Verdict, judged.Readings[sample].Steps.Count, credit)
        select new Candidate(judged, sample, Baseline(judged, sample));

    private double Baseline(JudgedGroup group, int sample)
    {
        var response = group.Source.Completions[sample].Tokens.Length;
        var answer = response - group.Readings[sample].ThinkEnd - 1;
        return StepRescaling.Baseline(group.Credit.CorrectShare, credit.Beta, answer, group.Source.Source.Tokens.Length + response);
    }

    private async Task<(IReadOnlyList<double[]> Scores, TimeSpan Elapsed)> ScoreAsync(
        IReadOnlyList<Candidate> candidates, IReadOnlyList<HeadId> heads, CancellationToken cancellation)
    {
        if (candidates.Count == 0) return ([], TimeSpan.Zero);
        if (settings.Source == StepScoreSource.Labels) return ([.. candidates.Select(ScoresOfLabels)], TimeSpan.Zero);

        var (requests, faults) = (candidates.Select(Request).ToArray(), _faults);
        return await device.RunAsync(
            (engine, token) =>
            {
                faults.Pass(FaultPoint.Score);
                var clock = Stopwatch.StartNew();
                var answers = engine.Scorer.Score(requests, heads, token);
                return ((IReadOnlyList<double[]>)[.. answers.Select(MeanOverHeads)], clock.Elapsed);
            },
            cancellation).ConfigureAwait(false);
    }

    private static ScoreRequest Request(Candidate candidate)
    {
        var reading = candidate.Group.Readings[candidate.Sample];
        return new ScoreRequest(
            candidate.Group.Source.Source.Tokens,
            candidate.Group.Source.Completions[candidate.Sample].Tokens,
            reading.ThinkEnd,
            [.. reading.StepSpans.Select(span => new TokenRange(span.Start, span.End))]);
    }

    private static double[] MeanOverHeads(ResponseScores scores) =>
        [.. Enumerable.Range(0, scores.HeadScores[0].Length).Select(step => scores.HeadScores.Average(head => head[step]))];

    // Twice the baseline is clearly above it, 0 as far below as can be: what heads that never err would say.
    private static double[] ScoresOfLabels(Candidate candidate) =>
        [.. candidate.Group.Labels![candidate.Sample].Select(label => label == StepLabel.Essential ? 2 * candidate.Baseline : 0)];

    private StepCredit Rescale(Candidate candidate, double[] scores, BeginStep step)
    {
        var group = candidate.Group;
        var factors = StepRescaling.Factors(
            group.Readings[candidate.Sample].Verdict, group.Credit.Advantages[candidate.Sample], scores, candidate.Baseline,
            group.Credit.CorrectShare, step.Attempt.Step.Value, credit);
        return new StepCredit(scores, candidate.Baseline, factors);
    }

    private static RolloutId IdOf(JudgedGroup group, int sample) => new(group.Source.Source.Id, sample);

    private sealed record Candidate(JudgedGroup Group, int Sample, double Baseline)
    {
        public RolloutId Id => IdOf(Group, Sample);
    }
}
