using Akka.Actor;
using AttnPo.Actors.Protocol;
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
    private BeginStep? _step;
    private int _sent;

    public PromptSampler(PromptSamplerSettings settings, IPromptSet prompts, Func<string, int[]> encode, ulong seed)
    {
        (_settings, _prompts, _encode, _seed) = (settings, prompts, encode, seed);
        Receive<BeginStep>(step =>
        {
            RenewCancellation();
            (_step, _sent) = (step, 0);
        });
        Receive<Demand>(demand => _step?.Attempt == demand.Attempt, Answer);
        Receive<Demand>(_ => { });
    }

    public static Props Props(PromptSamplerSettings settings, IPromptSet prompts, Func<string, int[]> encode, ulong seed) =>
        Akka.Actor.Props.Create(() => new PromptSampler(settings, prompts, encode, seed));

    protected override StageStatus Status() => new(Name, _step?.Attempt, 0, [], _sent);

    protected override void LetGo() => _step = null;

    private void Answer(Demand demand)
    {
        for (var i = 0; i < demand.Waves && _sent < _step!.Waves; i++) Sender.Tell(Sample(_step, _sent++));
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
