using Akka.Event;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.HeadProtocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>How the coordinator has the heads looked at, and remembers what was found.</summary>
internal sealed partial class RunCoordinator
{
    private void Probing()
    {
        Command<LookGoesOn>(scored => scored.Attempt == Attempt, _ => _progressAt = DateTimeOffset.UtcNow);
        Command<HeadsMeasured>(done => done.Attempt == Attempt, Record);
    }

    /// <summary>
    /// The settings name a file and not what is in it, so a run may go on with other responses; what is found on them is not what it
    /// would have been.
    /// </summary>
    private void CompareProbeSets()
    {
        if (_plan.ProbeSet is not { } probeSet || _state.HeadReference?.ProbeSet is not { } former) return;
        if (probeSet == former) return;
        _log.Warning(
            "The responses that heads are watched on are others than before (set {0}, now {1}): their scores are compared anew from step {2} on{3}.",
            former, probeSet, _state.Step, _plan.MayReselect ? ", and heads that are chosen anew may be others than without the change" : "");
        Report(new ProbeSetChanged(_state.Step, former, probeSet));
    }

    private void ProbeHeads()
    {
        Enter(Probing);
        _pipeline!.HeadWatch!.Tell(
            new ProbeHeads(Attempt, _state.Policy, _state.Heads, _state.HeadReference, _state.MaySelectHeads), Self);
    }

    private void Record(HeadsMeasured measured) => Decide(
        new RecordHeads(measured.Policy, measured.Measurement),
        onRefusal: reason => End(RunEnd.Failed, reason),
        onEvent: happened =>
        {
            switch (happened)
            {
                case HeadsProbed probed:
                    _plan.Folder.Metrics.Put(probed.Step, LineOf(probed));
                    Report(new HeadsWatched(probed.Step, probed.Policy, probed.Metrics));
                    break;
                case HeadsSelected selected:
                    Report(new HeadsReselected(
                        selected.Step, selected.Heads, selected.Former, selected.Accuracy, selected.FormerAccuracy));
                    break;
            }
        },
        onDone: () =>
        {
            (_attempt, _restarts) = (0, 0);
            GoOn();
        });

    private static Dictionary<string, double> LineOf(HeadsProbed probed) =>
        new(probed.Metrics) { ["policy/version"] = probed.Policy.Value };
}
