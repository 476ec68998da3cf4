using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// The first stage: answers demand with the next prompts of an endless shuffled reading. Which prompts a wave holds is a function of
/// seed, cursor and wave number alone, so a step begun again gets the same ones.
/// </summary>
internal sealed class PromptSampler : Stage
{
    private readonly PromptSamplerSettings _settings;
    private readonly IPromptSet _prompts;
    private readonly Func<string, int[]> _encode;
    private readonly ulong _seed;
    private readonly FaultPlan _faults;
    private BeginStep? _step;
    private int _sent;
    private (StepAttempt Attempt, IActorRef Asker)? _drain;

    public PromptSampler(PromptSamplerSettings settings, IPromptSet prompts, Func<string, int[]> encode, ulong seed, FaultPlan faults)
    {
        (_settings, _prompts, _encode, _seed, _faults) = (settings, prompts, encode, seed, faults);
        Receive<BeginStep>(step =>
        {
            RenewCancellation();
            (_step, _sent) = (step, 0);
            AnswerDrain();
        });
        Receive<Demand>(demand => _step?.Attempt == demand.Attempt, Answer);
        Receive<Demand>(_ => { });
        Receive<Drain>(drain =>
        {
            // The step's beginning comes through all stages, so a drain of it may come before it.
            _drain = (drain.Attempt, Sender);
            AnswerDrain();
        });
    }

    public static Props Props(
        PromptSamplerSettings settings, IPromptSet prompts, Func<string, int[]> encode, ulong seed, FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new PromptSampler(settings, prompts, encode, seed, faults));

    protected override StageStatus Status() => new(Name, _step?.Attempt, 0, [], _sent);

    protected override void LetGo() => _step = null;

    private void AnswerDrain()
    {
        if (_drain is { } drain && drain.Attempt == _step?.Attempt) drain.Asker.Tell(new Drained(drain.Attempt, _sent));
    }

    private void Answer(Demand demand)
    {
        for (var i = 0; i < demand.Waves && _sent < _step!.Waves && _drain?.Attempt != _step.Attempt; i++)
        {
            var wave = Sample(_step, _sent++);
            Context.Parent.Tell(new WaveRecorded(wave.Attempt, Progress(wave)));
            if (_faults.Pass(FaultPoint.Sample)) Sender.Tell(wave);
        }
    }

    private WaveSampled Progress(SampledWave wave)
    {
        var first = _step!.PromptCursor + _settings.FirstOf(wave.Id.Index);
        var groups = wave.Groups.Select(group => (group.Id, group.Prompt.Index))
            .Concat(wave.Dropped.Select(group => (Id: group.Group, Index: group.Prompt)));
        return new WaveSampled(wave.Id, first, [.. groups.OrderBy(group => group.Id.Index).Select(group => group.Index)]);
    }

    private SampledWave Sample(BeginStep step, int index)
    {
        var wave = new WaveId(step.Attempt.Step, index);
        var first = _settings.FirstOf(index);
        var count = _settings.FirstOf(index + 1) - first;
        var groups = new List<SampledGroup>(count);
        var dropped = new List<GroupOutcome>();
        for (var i = 0; i < count; i++)
        {
            var position = step.PromptCursor + first + i;
            var prompt = _prompts[PromptOrder.At(_seed, position, _prompts.Count)];
            var tokens = _encode(prompt.Text);
            var id = new GroupId(wave, i);
            if (tokens.Length <= _settings.MaxPromptTokens)
                groups.Add(new SampledGroup(id, position, prompt, tokens));
            else
                dropped.Add(new GroupOutcome(id, prompt.Index, DropReason.PromptTooLong, 0, 0, 0, false));
        }
        return new SampledWave(step.Attempt, wave, groups, dropped);
    }
}
