using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>The text of tokens.</summary>
internal delegate string DecodeFunction(IReadOnlyList<int> tokens);

/// <summary>
/// The third stage: verdict, reward and advantage of each rollout. A response whose verification throws is Failed, one whose
/// verification does not come back in time OverBudget. Neither is a verdict on the policy: it earns nothing, costs nothing and is left out
/// of its group's statistics.
/// </summary>
internal sealed class RewardVerifier(
    IActorRef upstream, RewardVerifierSettings settings, CreditSettings credit, GuardedReader reader, DecodeFunction decode,
    IStepLabels? labels, RunFolder folder, FaultPlan faults)
    : WaveStage<GeneratedWave, JudgedWave>(upstream, settings.Window, faults, FaultPoint.Judged)
{
    private readonly FaultPlan _faults = faults;

    public static Props Props(
        IActorRef upstream, RewardVerifierSettings settings, CreditSettings credit, GuardedReader reader, DecodeFunction decode,
        IStepLabels? labels, RunFolder folder, FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new RewardVerifier(upstream, settings, credit, reader, decode, labels, folder, faults));

    protected override Task<JudgedWave> WorkAsync(GeneratedWave wave, BeginStep step, CancellationToken cancellation)
    {
        var log = Log;
        return Task.Run(
            async () =>
            {
                if (step.StoredOf(wave.Id) is { Judgement: not null } stored) return Recall(wave, stored);
                _faults.Pass(FaultPoint.Verify);
                var clock = Stopwatch.StartNew();
                // All at once: the reading thread then goes through the wave without a change of threads between two responses.
                var readings = await Task.WhenAll(wave.Groups.Select(group => ReadAsync(group, log, cancellation))).ConfigureAwait(false);
                var groups = wave.Groups.Zip(readings, (group, ofGroup) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return Judge(group, ofGroup);
                }).ToArray();
                return new JudgedWave(wave.Attempt, wave.Id, wave.Policy, groups, wave.Dropped, wave.Generating, clock.Elapsed);
            },
            cancellation);
    }

    /// <summary>A verdict may rest on a deadline: what was journaled once stays.</summary>
    private JudgedWave Recall(GeneratedWave wave, LedgerWave stored)
    {
        var scored = folder.ReadJudgement(stored, wave.Groups);
        return new JudgedWave(
            wave.Attempt, wave.Id, wave.Policy, [.. scored.Select(group => group.Source)], wave.Dropped, wave.Generating,
            TimeSpan.FromSeconds(stored.VerifySeconds))
        {
            Recalled = scored,
        };
    }

    private JudgedGroup Judge(GeneratedGroup group, ReadResponse[] readings)
    {
        var prompt = group.Source.Prompt;
        var outcomes = readings.Zip(group.Completions, (reading, completion) => new Outcome(reading.Verdict, completion.Tokens.Length));
        return new JudgedGroup(
            group,
            readings,
            labels is null ? null : [.. readings.Select(reading => labels.Label(prompt, reading.Text, reading.Steps))],
            GroupAssessment.Assess([.. outcomes], credit));
    }

    private Task<ReadResponse[]> ReadAsync(GeneratedGroup group, ILoggingAdapter log, CancellationToken cancellation) =>
        Task.WhenAll(group.Completions.Select(completion => ReadAsync(group, completion, log, cancellation)));

    private async Task<ReadResponse> ReadAsync(
        GeneratedGroup group, Completion completion, ILoggingAdapter log, CancellationToken cancellation)
    {
        var rollout = $"{group.Source.Id}/{completion.Sample}";
        var outcome = await reader.ReadAsync(
            $"rollout {rollout}", completion.Tokens, completion.Finish == FinishReason.Length, group.Source.Prompt.Gold, cancellation)
            .ConfigureAwait(false);
        if (outcome.Response is { } response) return response;
        if (outcome.Failure is { } failure) log.Warning(failure, "Rollout {0} could not be verified; it is left out.", rollout);
        else log.Warning("Rollout {0} could not be verified within {1}; it is left out.", rollout, settings.BudgetOf(group.Source.Prompt.Gold.Kind));
        return new ReadResponse(TextOf(completion.Tokens), outcome.Verdict, null, -1, [], []);
    }

    /// <summary>Of a response that has failed: for those who look for the reason. Nothing, where decoding is the very reason.</summary>
    private string TextOf(IReadOnlyList<int> tokens)
    {
        try
        {
            return decode(tokens);
        }
        catch (Exception)
        {
            return "";
        }
    }
}
