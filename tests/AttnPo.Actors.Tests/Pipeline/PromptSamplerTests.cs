using Akka.Actor;
using Akka.TestKit;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using Xunit;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class PromptSamplerTests : StageSpec
{
    private static readonly PromptSamplerSettings Settings = new() { PromptsPerStep = 5, WavesPerStep = 3 };

    [Fact]
    public void It_sends_as_many_waves_as_were_asked_for_and_no_more_than_the_step_has()
    {
        var sampler = Sampler(Settings);
        sampler.Tell(Waves.Begin(3));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        sampler.Tell(new Demand(Waves.Attempt, 1));
        Assert.Equal(0, ExpectMsg<SampledWave>().Id.Index);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        sampler.Tell(new Demand(Waves.Attempt, 9));
        Assert.Equal([1, 2], [ExpectMsg<SampledWave>().Id.Index, ExpectMsg<SampledWave>().Id.Index]);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Waves_share_the_prompts_of_the_step_and_a_step_begun_again_has_the_same_ones()
    {
        var first = Step(Sampler(Settings), Waves.Begin(3));
        var again = Step(Sampler(Settings), Waves.Begin(3, Waves.Attempt with { Attempt = 2 }));
        Assert.Equal([0, 1, 2, 3, 4], first.Select(group => group.Position));
        Assert.Equal(first.Select(group => (group.Id, group.Prompt.Index)), again.Select(group => (group.Id, group.Prompt.Index)));
        Assert.Equal(5, first.Select(group => group.Id).Distinct().Count());
    }

    [Fact]
    public void A_later_step_goes_on_where_the_cursor_stands() =>
        Assert.Equal(
            [5, 6, 7, 8, 9],
            Step(Sampler(Settings), Waves.Begin(3) with { PromptCursor = 5 }).Select(group => group.Position));

    [Fact]
    [Trait("Contract", "C1")]
    public void A_prompt_that_is_too_long_is_dropped_with_its_reason_and_travels_along()
    {
        var sampler = Sampler(Settings with { MaxPromptTokens = 1 });
        sampler.Tell(Waves.Begin(3));
        sampler.Tell(new Demand(Waves.Attempt, 1));
        var wave = ExpectMsg<SampledWave>();
        Assert.Empty(wave.Groups);
        Assert.All(wave.Dropped, group => Assert.Equal(DropReason.PromptTooLong, group.Dropped));
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void Prompts_that_are_passed_over_take_no_place_and_are_told_with_the_wave_that_passed_over_them()
    {
        // Of 20 prompts ten have a digit more than may be.
        var (stage, parent) = Watched(Settings with { MaxPromptTokens = FakeTask.Tokenizer.Encode("? 9\n").Length, LongPrompts = LongPrompts.Skip });
        var groups = Step(stage, Waves.Begin(3));
        Assert.Equal(5, groups.Count);
        Assert.All(groups, group => Assert.InRange(group.Prompt.Index, 0, 9));
        var told = Enumerable.Range(0, 3).Select(_ => Assert.IsType<WaveSampled>(parent.ExpectMsg<WaveRecorded>().Progress)).ToArray();
        var cursor = 0L;
        foreach (var wave in told)
        {
            Assert.Equal(cursor, wave.Position);
            Assert.Equal(wave.Prompts, groups.Where(group => group.Id.Wave == wave.Wave).Select(group => group.Prompt.Index));
            cursor += wave.Prompts.Count + (wave.Skipped?.Total ?? 0);
        }
        Assert.Equal(groups[^1].Position, cursor - 1);
        Assert.Equal(cursor - 5, told.Sum(wave => wave.Skipped?.TooLong ?? 0));
        Assert.True(cursor > 5);
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void What_is_sampled_rests_on_what_was_known_when_the_step_began()
    {
        var settings = Settings with { Difficulty = new DifficultyFilter { SkipSolved = 1, RetryEvery = 1000 } };
        // In epoch 0 index 0 alone has its chance all the same.
        var solved = PromptDifficulty.Unknown.After(Enumerable.Range(1, 14).Select(prompt => new PromptVisit(prompt, 4, 4)));
        var (stage, parent) = Watched(settings);
        var begin = Waves.Begin(3) with { Difficulty = solved };
        var groups = Step(stage, begin);
        Assert.All(groups, group => Assert.True(group.Prompt.Index is 0 or >= 15));
        Assert.True(Enumerable.Range(0, 3).Sum(_ => ((WaveSampled)parent.ExpectMsg<WaveRecorded>().Progress).Skipped?.Solved ?? 0) > 0);
        var again = Step(stage, begin with { Attempt = Waves.Attempt with { Attempt = 2 } });
        Assert.Equal(groups.Select(group => (group.Id, group.Position)), again.Select(group => (group.Id, group.Position)));
        Assert.NotEqual(
            groups.Select(group => group.Position), Step(stage, Waves.Begin(3, Waves.Attempt with { Attempt = 3 })).Select(group => group.Position));
    }

    [Fact]
    public void Where_every_prompt_is_too_long_the_stage_says_what_to_do_and_that_it_lasts()
    {
        var (stage, parent) = Watched(Settings with { MaxPromptTokens = 1, LongPrompts = LongPrompts.Skip });
        stage.Tell(Waves.Begin(3));
        stage.Tell(new Demand(Waves.Attempt, 1));
        var failed = parent.ExpectMsg<StageRestarted>();
        Assert.True(failed.IsLasting);
        Assert.Contains("Each of the 20 prompts has more than 1 tokens", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Demand_of_an_attempt_that_was_given_up_is_not_answered()
    {
        var sampler = Sampler(Settings);
        sampler.Tell(Waves.Begin(3, Waves.Attempt with { Attempt = 2 }));
        sampler.Tell(new Demand(Waves.Attempt, 1));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    [Trait("Contract", "C7")]
    public void A_drain_ends_the_sending_of_waves_and_tells_how_many_were_sent()
    {
        var sampler = Sampler(Settings);
        sampler.Tell(Waves.Begin(3));
        sampler.Tell(new Demand(Waves.Attempt, 2));
        sampler.Tell(new Drain(Waves.Attempt));
        sampler.Tell(new Demand(Waves.Attempt, 1));
        Assert.Equal([0, 1], [ExpectMsg<SampledWave>().Id.Index, ExpectMsg<SampledWave>().Id.Index]);
        Assert.Equal(new Drained(Waves.Attempt, 2), ExpectMsg<Drained>());
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    [Trait("Contract", "C7")]
    public void A_drain_that_comes_before_the_beginning_of_its_step_is_not_lost_and_is_of_that_attempt_alone()
    {
        var sampler = Sampler(Settings);
        sampler.Tell(new Drain(Waves.Attempt));
        sampler.Tell(Waves.Begin(3));
        Assert.Equal(new Drained(Waves.Attempt, 0), ExpectMsg<Drained>());
        sampler.Tell(new Demand(Waves.Attempt, 3));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Assert.Equal(5, Step(sampler, Waves.Begin(3, Waves.Attempt with { Attempt = 2 })).Count);
    }

    private IActorRef Sampler(PromptSamplerSettings settings) => Sys.ActorOf(PropsOf(settings));

    private (IActorRef Stage, TestProbe Parent) Watched(PromptSamplerSettings settings)
    {
        var parent = CreateTestProbe();
        return (parent.ChildActorOf(PropsOf(settings), SupervisorStrategy.DefaultStrategy), parent);
    }

    private static Props PropsOf(PromptSamplerSettings settings) =>
        PromptSampler.Props(settings, new FakeTask(20), FakeTask.Tokenizer.Encode, seed: 3, FaultPlan.None);

    private List<SampledGroup> Step(IActorRef sampler, BeginStep step)
    {
        sampler.Tell(step);
        sampler.Tell(new Demand(step.Attempt, step.Waves));
        return [.. Enumerable.Range(0, step.Waves).SelectMany(_ => ExpectMsg<SampledWave>().Groups)];
    }
}
