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
/// The first stage: answers demand with the next prompts of an endless shuffled reading. Which prompts the waves of a step hold is a
/// function of seed and cursor, and of how hard the prompts were in the steps before, so a step begun again gets the same ones.
/// </summary>
internal sealed class PromptSampler : Stage
{
    private readonly PromptSamplerSettings _settings;
    private readonly PromptReading _reading;
    private readonly FaultPlan _faults;
    private BeginStep? _step;
    private long _cursor;
    private int _sent;
    private (StepAttempt Attempt, IActorRef Asker)? _drain;

    public PromptSampler(PromptSamplerSettings settings, IPromptSet prompts, Func<string, int[]> encode, ulong seed, FaultPlan faults)
    {
        (_settings, _reading, _faults) = (settings, settings.Reading(prompts, encode, seed), faults);
        Receive<BeginStep>(step =>
        {
            RenewCancellation();
            (_step, _cursor, _sent) = (step, step.PromptCursor, 0);
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
            var id = new WaveId(_step.Attempt.Step, _sent++);
            var read = _reading.Read(_cursor, _settings.FirstOf(id.Index + 1) - _settings.FirstOf(id.Index), _step.Difficulty);
            var sampled = new WaveSampled(
                id, _cursor, [.. read.Prompts.Select(group => group.Prompt.Index)], read.Skipped.Total == 0 ? null : read.Skipped);
            Context.Parent.Tell(new WaveRecorded(_step.Attempt, sampled));
            if (_faults.Pass(FaultPoint.Sample)) Sender.Tell(Wave(_step.Attempt, id, read.Prompts));
            _cursor += read.Length;
        }
    }

    private SampledWave Wave(StepAttempt attempt, WaveId wave, IReadOnlyList<ReadPrompt> prompts)
    {
        var groups = new List<SampledGroup>(prompts.Count);
        var dropped = new List<GroupOutcome>();
        foreach (var (i, read) in prompts.Index())
        {
            var id = new GroupId(wave, i);
            if (read.Tokens.Length <= _settings.MaxPromptTokens)
                groups.Add(new SampledGroup(id, read.Position, read.Prompt, read.Tokens));
            else
                dropped.Add(new GroupOutcome(id, read.Prompt.Index, DropReason.PromptTooLong, 0, 0, 0, false));
        }
        return new SampledWave(attempt, wave, groups, dropped);
    }
}
