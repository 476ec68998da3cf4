using System.Diagnostics;
using Akka.Actor;
using AttnPo.Actors.Protocol;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// The second stage: has the engine write the rollouts of a wave with the step's policy, and stamps the wave with the version that
/// really wrote it.
/// </summary>
internal sealed class Generator(
    IActorRef upstream, GeneratorSettings settings, DeviceThread<IGenerator> device, ulong seed)
    : WaveStage<SampledWave, GeneratedWave>(upstream, settings.Window)
{
    public static Props Props(IActorRef upstream, GeneratorSettings settings, DeviceThread<IGenerator> device, ulong seed) =>
        Akka.Actor.Props.Create(() => new Generator(upstream, settings, device, seed));

    protected override Task<GeneratedWave> WorkAsync(SampledWave wave, BeginStep step, CancellationToken cancellation)
    {
        var request = new GenerationRequest(
            seed, wave.Id.Step.Index, [.. wave.Groups.Select(group => new GenerationPrompt(group.Position, group.Tokens))],
            settings.SamplesPerPrompt, settings.Sampling);
        return device.RunAsync((engine, token) => Generate(engine, wave, request, step.Policy, token), cancellation);
    }

    private static GeneratedWave Generate(
        IGenerator engine, SampledWave wave, GenerationRequest request, PolicyVersion policy, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        engine.LoadPolicy(policy.Value);
        var completions = request.Prompts.Count == 0 ? [] : engine.Generate(request, cancellation);
        var ofPrompt = completions.ToLookup(completion => completion.PromptId);
        var groups = wave.Groups
            .Select(group => new GeneratedGroup(group, [.. ofPrompt[group.Position].OrderBy(completion => completion.Sample)]))
            .ToArray();
        if (groups.FirstOrDefault(group => group.Completions.Count != request.SamplesPerPrompt) is { } incomplete)
        {
            throw new InvalidOperationException(
                $"Group {incomplete.Source.Id} has {incomplete.Completions.Count} completions of the {request.SamplesPerPrompt} asked for.");
        }
        return new GeneratedWave(
            wave.Attempt, wave.Id, new PolicyVersion(engine.PolicyVersion), groups, wave.Dropped, clock.Elapsed);
    }
}
