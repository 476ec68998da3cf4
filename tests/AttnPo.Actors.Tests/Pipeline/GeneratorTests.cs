using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Gpu;
using Xunit;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class GeneratorTests : StageSpec
{
    [Fact]
    [Trait("Contract", "C8")]
    public async Task A_wave_is_generated_with_the_steps_policy_and_stamped_with_it()
    {
        var engine = new RecordingGenerator();
        await using var device = new DeviceThread<IGenerator>("generator", () => engine, _ => { });
        var generator = Sys.ActorOf(Generator.Props(CreateTestProbe(), Waves.GeneratorSettings, device, Folder, seed: 9, FaultPlan.None));
        generator.Tell(Waves.Begin(1) with { Policy = new PolicyVersion(5) });
        generator.Tell(new Demand(Waves.Attempt, 1));
        generator.Tell(Waves.Sampled(3));

        var wave = ExpectMsg<GeneratedWave>();

        Assert.Equal(new PolicyVersion(5), wave.Policy);
        Assert.Equal([0, 1, 2, 3], Assert.Single(wave.Groups).Completions.Select(completion => completion.Sample));
        var request = Assert.Single(engine.Requests);
        Assert.Equal((9UL, 0L, 4), (request.Seed, request.Step, request.SamplesPerPrompt));
        Assert.Equal(3, Assert.Single(request.Prompts).Id);
    }

    [Fact]
    public async Task A_wave_all_of_whose_groups_were_dropped_passes_without_a_call()
    {
        var engine = new RecordingGenerator();
        await using var device = new DeviceThread<IGenerator>("generator", () => engine, _ => { });
        var generator = Sys.ActorOf(Generator.Props(CreateTestProbe(), Waves.GeneratorSettings, device, Folder, seed: 9, FaultPlan.None));
        generator.Tell(Waves.Begin(1));
        generator.Tell(new Demand(Waves.Attempt, 1));
        generator.Tell(Waves.Sampled(0) with { Groups = [] });
        Assert.Empty(ExpectMsg<GeneratedWave>().Groups);
        Assert.Empty(engine.Requests);
    }

    [Fact]
    public async Task A_group_that_lacks_a_completion_is_a_fault()
    {
        await using var device = new DeviceThread<IGenerator>("generator", () => new RecordingGenerator { Lost = 2 }, _ => { });
        var parent = CreateTestProbe();
        var generator = parent.ChildActorOf(
            Generator.Props(CreateTestProbe(), Waves.GeneratorSettings, device, Folder, seed: 9, FaultPlan.None), SupervisorStrategy.DefaultStrategy);
        generator.Tell(Waves.Begin(1));
        generator.Tell(Waves.Sampled(0));
        Assert.Contains("has 3 completions of the 4 asked for", parent.ExpectMsg<StageRestarted>().Reason);
    }

    private sealed class RecordingGenerator : IGenerator
    {
        public List<GenerationRequest> Requests { get; } = [];

        public int? Lost { get; init; }

        public long PolicyVersion { get; private set; }

        public void LoadPolicy(long version) => PolicyVersion = version;

        public IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation)
        {
            Requests.Add(request);
            return [.. from prompt in request.Prompts
                       from sample in Enumerable.Range(0, request.SamplesPerPrompt)
                       where sample != Lost
                       select new Completion(prompt.Id, sample, [1], [0f], FinishReason.Stop)];
        }

        public void Dispose()
        {
        }
    }
}
