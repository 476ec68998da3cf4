using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.HeadProtocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>How the coordinator has the heads looked at, and remembers what was found.</summary>
internal sealed partial class RunCoordinator
{
    private void Probing() => Command<HeadsMeasured>(done => done.Attempt == Attempt, Record);

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
