using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// The second stage: has the engine write the rollouts of a wave with the step's policy, stamps the wave with the version that really
/// wrote it, and lays the rollouts down before it passes them on. A wave that the ledger holds is not generated again. One at which
/// the engine fails is tried again with a new engine; when its budget is spent, each of its groups is tried alone, and those that
/// still fail are dropped, if the engine is well otherwise.
/// </summary>
internal sealed class Generator(
    IActorRef upstream, GeneratorSettings settings, DeviceThread<IGenerator> device, RunFolder folder, ulong seed, FaultPlan faults)
    : WaveStage<SampledWave, GeneratedWave>(upstream, settings.Window, faults, FaultPoint.Generated)
{
    private readonly FaultPlan _faults = faults;

    public static Props Props(
        IActorRef upstream, GeneratorSettings settings, DeviceThread<IGenerator> device, RunFolder folder, ulong seed, FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new Generator(upstream, settings, device, folder, seed, faults));

    protected override Task<GeneratedWave> WorkAsync(SampledWave wave, BeginStep step, CancellationToken cancellation) =>
        step.StoredOf(wave.Id) is { Rollouts: not null } stored
            ? Task.Run(() => folder.ReadGenerated(stored, wave.Attempt), cancellation)
            : GenerateAsync(wave, step, Log, cancellation);

    protected override RunEvent Progress(GeneratedWave wave) =>
        new WaveGenerated(wave.Id, wave.Policy, wave.Rollouts, wave.Generating.TotalSeconds);

    private async Task<GeneratedWave> GenerateAsync(SampledWave wave, BeginStep step, ILoggingAdapter log, CancellationToken cancellation)
    {
        Generated generated;
        try
        {
            generated = await TryAsync(wave, wave.Groups, step.Policy, log, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            generated = await TryEachAloneAsync(wave, step.Policy, log, failure, cancellation).ConfigureAwait(false);
        }
        // A policy that is broken is no failure of the engine, and no prompt is to blame for it.
        if (generated.Groups.FirstOrDefault(group => group.Completions.Any(HasNoProbability)) is { } broken)
        {
            throw new InvalidDataException(
                $"Policy {generated.Policy} gives tokens of group {broken.Source.Id} log-probabilities that are no numbers: its weights are"
                + " broken. Begin a new run from an earlier checkpoint with a smaller optimizer.learning-rate");
        }
        GroupOutcome[] dropped = [.. wave.Dropped, .. generated.Dropped];
        var rollouts = folder.WriteRollouts(generated.Policy, wave.Id, generated.Groups, dropped);
        return new GeneratedWave(wave.Attempt, wave.Id, generated.Policy, generated.Groups, dropped, rollouts, generated.Elapsed);
    }

    private async Task<Generated> TryAsync(
        SampledWave wave, IReadOnlyList<SampledGroup> groups, PolicyVersion policy, ILoggingAdapter log, CancellationToken cancellation)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                return await device.RunAsync((engine, token) => Generate(engine, wave, groups, policy, token), cancellation).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException && retries < settings.Retries)
            {
                log.Warning(failure, "Wave {0} could not be generated; it is tried again ({1} of {2}).", wave.Id, retries + 1, settings.Retries);
            }
        }
    }

    /// <summary>Parts the groups at which the engine fails from those at which it does not.</summary>
    private async Task<Generated> TryEachAloneAsync(
        SampledWave wave, PolicyVersion policy, ILoggingAdapter log, Exception failure, CancellationToken cancellation)
    {
        log.Warning(failure, "Wave {0} could not be generated in {1} tries; each of its groups is tried alone.", wave.Id, settings.Retries + 1);
        var (groups, dropped, elapsed) = (new List<GeneratedGroup>(), new List<GroupOutcome>(), TimeSpan.Zero);
        foreach (var group in wave.Groups)
        {
            try
            {
                var alone = await device.RunAsync((engine, token) => Generate(engine, wave, [group], policy, token), cancellation).ConfigureAwait(false);
                groups.AddRange(alone.Groups);
                elapsed += alone.Elapsed;
            }
            catch (Exception cause) when (cause is not OperationCanceledException)
            {
                log.Error(cause, "Group {0} could not be generated; it is dropped.", group.Id);
                dropped.Add(new GroupOutcome(group.Id, group.Prompt.Index, DropReason.GenerationFailed, 0, 0, 0, false));
            }
        }
        // An engine that fails at everything is at fault itself: then the prompts are not to blame, and none may be dropped for it.
        if (groups.Count == 0)
            await device.RunAsync((engine, token) => MakeOneToken(engine, wave.Groups[0], policy, token), cancellation).ConfigureAwait(false);
        return new Generated(policy, groups, dropped, elapsed);
    }

    private Generated Generate(
        IGenerator engine, SampledWave wave, IReadOnlyList<SampledGroup> sampled, PolicyVersion policy, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        _faults.Pass(FaultPoint.Generate);
        engine.LoadPolicy(policy.Value);
        var request = new GenerationRequest(
            seed, wave.Id.Step.Index, [.. sampled.Select(group => new GenerationPrompt(group.Position, group.Tokens))], settings.SamplesPerPrompt,
            settings.Sampling);
        var completions = request.Prompts.Count == 0 ? [] : engine.Generate(request, cancellation);
        var ofPrompt = completions.ToLookup(completion => completion.PromptId);
        var groups = sampled
            .Select(group => new GeneratedGroup(group, [.. ofPrompt[group.Position].OrderBy(completion => completion.Sample)]))
            .ToArray();
        if (groups.FirstOrDefault(group => group.Completions.Count != request.SamplesPerPrompt) is { } incomplete)
        {
            throw new InvalidOperationException(
                $"Group {incomplete.Source.Id} has {incomplete.Completions.Count} completions of the {request.SamplesPerPrompt} asked for.");
        }
        return new Generated(new PolicyVersion(engine.PolicyVersion), groups, [], clock.Elapsed);
    }

    private static bool HasNoProbability(Completion completion) => completion.LogProbs.Any(value => !float.IsFinite(value));

    private bool MakeOneToken(IGenerator engine, SampledGroup group, PolicyVersion policy, CancellationToken cancellation)
    {
        _faults.Pass(FaultPoint.Generate);
        engine.LoadPolicy(policy.Value);
        engine.Generate(
            new GenerationRequest(
                seed, 0, [new GenerationPrompt(group.Position, group.Tokens[..1])], 1, settings.Sampling with { MaxNewTokens = 1 }),
            cancellation);
        return true;
    }

    private sealed record Generated(
        PolicyVersion Policy, IReadOnlyList<GeneratedGroup> Groups, IReadOnlyList<GroupOutcome> Dropped, TimeSpan Elapsed);
}
