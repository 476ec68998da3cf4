using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// The fourth stage: which steps are scored, and against which baseline. Only responses to which rescaling applies and that will be
/// trained on are. Their attention is read in the very forward pass that trains, so that scoring costs no pass of its own: the wave goes
/// on with what that pass is to read.
/// </summary>
internal sealed class AttentionScorer(IActorRef upstream, AttentionScorerSettings settings, CreditSettings credit, FaultPlan faults)
    : WaveStage<JudgedWave, PlannedWave>(upstream, settings.Window, faults, FaultPoint.Scored)
{
    public static Props Props(IActorRef upstream, AttentionScorerSettings settings, CreditSettings credit, FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new AttentionScorer(upstream, settings, credit, faults));

    protected override Task<PlannedWave> WorkAsync(JudgedWave wave, BeginStep step, CancellationToken cancellation)
    {
        var planned = new PlannedWave(
            wave.Attempt, wave.Id, wave.Policy, [.. wave.Groups.Select(group => PlanOf(group))], wave.Dropped, step.Heads ?? settings.Heads,
            wave.Generating, wave.Verifying);
        return Task.FromResult(wave.Recalled is { } recalled && step.StoredOf(wave.Id) is { Judgement: { } judgement } stored
            ? planned with { Recalled = new RecalledCredit(recalled, judgement, TimeSpan.FromSeconds(stored.ScoreSeconds)) }
            : planned);
    }

    private PlannedGroup PlanOf(JudgedGroup judged) =>
        new(judged, [.. Enumerable.Range(0, judged.Readings.Count).Select(sample => PlanOf(judged, sample))]);

    private StepPlan? PlanOf(JudgedGroup judged, int sample)
    {
        var reading = judged.Readings[sample];
        if (judged.Credit.Advantages[sample] == 0 || !StepRescaling.Applies(reading.Verdict, reading.Steps.Count, credit)) return null;
        var response = judged.Source.Completions[sample].Tokens.Length;
        var baseline = StepRescaling.Baseline(
            judged.Credit.CorrectShare, credit.Beta, response - reading.ThinkEnd - 1, judged.Source.Source.Tokens.Length + response);
        return new StepPlan(baseline, settings.Source == StepScoreSource.Labels ? ScoresOf(judged.Labels![sample], baseline) : null);
    }

    // Twice the baseline is clearly above it, 0 as far below as can be: what heads that never err would say.
    private static double[] ScoresOf(IReadOnlyList<StepLabel> labels, double baseline) =>
        [.. labels.Select(label => label == StepLabel.Essential ? 2 * baseline : 0)];
}
