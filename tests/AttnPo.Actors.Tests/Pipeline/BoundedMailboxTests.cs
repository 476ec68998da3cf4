using Akka.Actor;
using Akka.TestKit;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Gpu;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

/// <summary>
/// The three middle stages as a run has them, with files and a fake engine, between a producer that sends at once whatever may be sent
/// and a consumer that takes one wave at a time.
/// </summary>
[Trait("Contract", "C6")]
public sealed class BoundedMailboxTests : StageSpec
{
    private const int Stages = 3;
    private readonly DeviceThread<IGenerator> _generating;
    private readonly GuardedReader _reader = new(FakeTask.Reader.Read, _ => TimeSpan.FromMinutes(5));

    public BoundedMailboxTests()
    {
        var engine = new FakeEngine(FakeTask.Tokenizer);
        // The first policy is published when the learner is made, which the scorer asks for only later.
        engine.CreateLearner();
        _generating = new DeviceThread<IGenerator>("generator", engine.CreateGenerator, _ => { });
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(100, 350)]
    public async Task A_fast_producer_fills_the_windows_and_nothing_beyond_them_however_slow_the_consumer_is(int window, int waves)
    {
        var produced = new Produced();
        var (parent, consumer) = (CreateTestProbe(), CreateTestProbe());
        var producer = Sys.ActorOf(Props.Create(() => new Producer(produced)));
        var stages = CreateStages(parent, producer, window);
        stages[^1].Tell(Waves.Begin(waves), consumer);

        for (var taken = 0; taken < waves; taken++)
        {
            // Whatever can be done without the consumer is done: each stage is full, or there are no waves left.
            var full = Math.Min(waves, taken + Stages * window);
            if (taken < 3 || taken % (window / 2 + 1) == 0)
            {
                await Eventually.IsTrueAsync(() =>
                {
                    AssertMailboxesAreBounded(stages, window);
                    return Volatile.Read(ref produced.Sent) >= full;
                });
            }
            await AssertWindowsAreKeptAsync(stages, window);
            Assert.InRange(Volatile.Read(ref produced.Sent), taken, full);

            stages[^1].Tell(new Demand(Waves.Attempt, 1), consumer);
            Assert.Equal(taken, consumer.ExpectMsg<PlannedWave>().Id.Index);
        }

        Assert.Equal(waves, produced.Sent);
        consumer.ExpectNoMsg(TimeSpan.Zero);
        Assert.DoesNotContain(parent.ReceiveWhile(message => message, TimeSpan.Zero), message => message is StageRestarted);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _generating.DisposeAsync().AsTask().Wait();
        _reader.Dispose();
    }

    private static async Task AssertWindowsAreKeptAsync(IActorRef[] stages, int window)
    {
        foreach (var stage in stages)
        {
            var status = await stage.Ask<StageStatus>(GetStageStatus.Instance, TimeSpan.FromMinutes(1));
            Assert.InRange(status.InHand.Count + status.DemandOutstanding, 0, window);
            Assert.Equal(status.InHand.Count, status.InHand.DistinctBy(held => held.Wave).Count());
        }
        AssertMailboxesAreBounded(stages, window);
    }

    /// <summary>
    /// In a mailbox lie at most the waves that were asked for, as many askings for what the stage has in hand, the beginning of the step,
    /// what its work has come to, and a question for its status.
    /// </summary>
    private static void AssertMailboxesAreBounded(IActorRef[] stages, int window) =>
        Assert.All(stages, stage => Assert.InRange(((ActorRefWithCell)stage).Underlying.NumberOfMessages, 0, 2 * window + 3));

    private IActorRef[] CreateStages(TestProbe parent, IActorRef producer, int window)
    {
        var generator = parent.ChildActorOf(
            Generator.Props(producer, Waves.GeneratorSettings with { Window = window }, _generating, Folder, seed: 9, FaultPlan.None),
            SupervisorStrategy.DefaultStrategy);
        var verifier = parent.ChildActorOf(
            RewardVerifier.Props(
                generator, new RewardVerifierSettings { Window = window }, Waves.AttnPo, _reader, tokens => FakeTask.Tokenizer.Decode(tokens).Text,
                new FakeTask(1), Folder, FaultPlan.None),
            SupervisorStrategy.DefaultStrategy);
        var scorer = parent.ChildActorOf(
            AttentionScorer.Props(
                verifier, new AttentionScorerSettings { Heads = [new HeadId(0, 0)], Window = window }, Waves.AttnPo, FaultPlan.None),
            SupervisorStrategy.DefaultStrategy);
        return [generator, verifier, scorer];
    }

    private sealed class Produced
    {
        public int Sent;
    }

    /// <summary>Answers each demand at once.</summary>
    private sealed class Producer : ReceiveActor
    {
        public Producer(Produced produced)
        {
            Receive<Demand>(demand =>
            {
                for (var i = 0; i < demand.Waves; i++) Sender.Tell(Waves.Sampled(Interlocked.Increment(ref produced.Sent) - 1));
            });
            Receive<BeginStep>(_ => { });
        }
    }
}
