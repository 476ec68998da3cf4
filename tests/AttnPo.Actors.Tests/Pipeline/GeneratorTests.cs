using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Gpu;
using Xunit;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class GeneratorTests : StageSpec
{
    private readonly List<WaveRecorded> _recorded = [];

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
    public async Task A_group_that_lacks_a_completion_each_time_is_dropped()
    {
        var wave = await GenerateAsync(new RecordingGenerator { Lost = 2 }, Waves.Sampled(0));
        Assert.Empty(wave.Groups);
        Assert.Equal(DropReason.GenerationFailed, Assert.Single(wave.Dropped).Dropped);
    }

    [Fact]
    public async Task Rollouts_lie_in_the_ledger_before_the_wave_is_passed_on_and_its_parent_is_told()
    {
        var wave = await GenerateAsync(new RecordingGenerator(), Waves.Sampled(0));
        var recorded = Assert.IsType<WaveGenerated>(Assert.Single(_recorded).Progress);
        Assert.Equal((wave.Id, wave.Policy, wave.Rollouts), (recorded.Wave, recorded.Policy, recorded.Rollouts));
        var stored = new LedgerWave(wave.Id, 1, wave.Rollouts);
        Assert.Equal(wave.Groups[0].Completions[3].Tokens, Folder.ReadGenerated(stored, Waves.Attempt).Groups[0].Completions[3].Tokens);
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task A_wave_that_the_ledger_holds_is_not_generated_again()
    {
        var first = await GenerateAsync(new RecordingGenerator(), Waves.Sampled(0));
        var engine = new RecordingGenerator();
        var begin = Waves.Begin(1) with { Stored = [new LedgerWave(first.Id, 1, first.Rollouts, GenerateSeconds: 3)] };

        var again = await GenerateAsync(engine, Waves.Sampled(0), begin);

        Assert.Empty(engine.Requests);
        Assert.Equal((first.Policy, first.Rollouts, TimeSpan.FromSeconds(3)), (again.Policy, again.Rollouts, again.Generating));
        Assert.Equal(first.Groups[0].Completions.Select(completion => completion.Sample), again.Groups[0].Completions.Select(completion => completion.Sample));
    }

    [Fact]
    [Trait("Contract", "C5")]
    public async Task A_wave_at_which_the_engine_fails_for_a_while_is_tried_again_and_comes_out_whole()
    {
        var engine = new RecordingGenerator { Fails = (call, _) => call <= 2 };
        var wave = await GenerateAsync(engine, TwoGroups());
        Assert.Equal(2, wave.Groups.Count);
        Assert.Empty(wave.Dropped);
        Assert.Equal(3, engine.Requests.Count);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public async Task A_group_at_which_the_engine_fails_always_is_dropped_with_its_reason_and_the_others_are_kept()
    {
        var engine = new RecordingGenerator { Fails = (_, request) => request.Prompts.Any(prompt => prompt.Id == 1) };
        var wave = await GenerateAsync(engine, TwoGroups());
        Assert.Equal(0, Assert.Single(wave.Groups).Source.Position);
        var dropped = Assert.Single(wave.Dropped);
        Assert.Equal((DropReason.GenerationFailed, 0, 0L), (dropped.Dropped, dropped.Rollouts, dropped.Tokens));
        Assert.Equal(DropReason.GenerationFailed, Assert.Single(Folder.ReadGenerated(new LedgerWave(wave.Id, 2, wave.Rollouts), Waves.Attempt).Dropped).Dropped);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public async Task An_engine_that_fails_at_everything_is_at_fault_itself_and_no_group_is_dropped_for_it()
    {
        await using var device = new DeviceThread<IGenerator>("generator", () => new RecordingGenerator { Fails = (_, _) => true }, _ => { });
        var parent = CreateTestProbe();
        var generator = parent.ChildActorOf(
            Generator.Props(CreateTestProbe(), Waves.GeneratorSettings, device, Folder, seed: 9, FaultPlan.None), SupervisorStrategy.DefaultStrategy);
        generator.Tell(Waves.Begin(1));
        generator.Tell(TwoGroups());
        Assert.Contains("the device is gone", parent.ExpectMsg<StageRestarted>().Reason);
    }

    [Fact]
    public async Task A_policy_that_gives_no_probabilities_is_no_fault_of_the_engine_and_lasts()
    {
        await using var device = new DeviceThread<IGenerator>("generator", () => new RecordingGenerator { LogProb = float.NaN }, _ => { });
        var parent = CreateTestProbe();
        var generator = parent.ChildActorOf(
            Generator.Props(CreateTestProbe(), Waves.GeneratorSettings, device, Folder, seed: 9, FaultPlan.None), SupervisorStrategy.DefaultStrategy);
        generator.Tell(Waves.Begin(1));
        generator.Tell(TwoGroups());
        var restarted = parent.ExpectMsg<StageRestarted>();
        Assert.Contains("its weights are broken", restarted.Reason);
        Assert.True(restarted.IsLasting);
    }

    private static SampledWave TwoGroups()
    {
        var wave = Waves.Sampled(0);
        return wave with { Groups = [wave.Groups[0], wave.Groups[0] with { Id = wave.Groups[0].Id with { Index = 1 }, Position = 1 }] };
    }

    private async Task<GeneratedWave> GenerateAsync(RecordingGenerator engine, SampledWave wave, BeginStep? begin = null)
    {
        await using var device = new DeviceThread<IGenerator>("generator", () => engine, _ => { });
        var (parent, downstream) = (CreateTestProbe(), CreateTestProbe());
        var generator = parent.ChildActorOf(
            Generator.Props(CreateTestProbe(), Waves.GeneratorSettings, device, Folder, seed: 9, FaultPlan.None), SupervisorStrategy.DefaultStrategy);
        generator.Tell(begin ?? Waves.Begin(1), downstream);
        generator.Tell(new Demand(Waves.Attempt, 1), downstream);
        generator.Tell(wave, downstream);
        var generated = downstream.ExpectMsg<GeneratedWave>();
        _recorded.Add(parent.ExpectMsg<WaveRecorded>());
        return generated;
    }

    private sealed class RecordingGenerator : IGenerator
    {
        public List<GenerationRequest> Requests { get; } = [];

        public int? Lost { get; init; }

        public float LogProb { get; init; }

        public Func<int, GenerationRequest, bool> Fails { get; init; } = (_, _) => false;

        public long PolicyVersion { get; private set; }

        public void LoadPolicy(long version) => PolicyVersion = version;

        public IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation)
        {
            Requests.Add(request);
            if (Fails(Requests.Count, request)) throw new IOException("the device is gone");
            return [.. from prompt in request.Prompts
                       from sample in Enumerable.Range(0, request.SamplesPerPrompt)
                       where sample != Lost
                       select new Completion(prompt.Id, sample, [1], [LogProb], FinishReason.Stop)];
        }

        public void Dispose()
        {
        }
    }
}
