using Akka.TestKit.Xunit2;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Run;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>
/// A kit that is patient: how fast the machine is says nothing about a stage. Logs of the faults that specs cause stay silent. Has a
/// run's files, which are gone afterwards.
/// </summary>
public abstract class StageSpec() : TestKit("akka.test.single-expect-default = 30s\nakka.test.filter-leeway = 30s\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private readonly TemporaryFolder _files = new();
    private RunFolder? _folder;

    private protected string Files => _files.Path;

    private protected RunFolder Folder => _folder ??= Made();

    protected override void AfterAll()
    {
        base.AfterAll();
        _files.Dispose();
    }

    private RunFolder Made()
    {
        var folder = new RunFolder(_files.Path, new RetentionSettings { CheckpointEvery = 1 }, FaultPlan.None);
        folder.Restore(RunState.Empty, 0);
        return folder;
    }
}
