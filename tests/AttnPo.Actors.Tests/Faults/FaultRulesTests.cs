using AttnPo.Actors.Faults;
using Xunit;
using static AttnPo.Actors.Faults.FaultPoint;

namespace AttnPo.Actors.Tests.Faults;

public sealed class FaultRulesTests
{
    [Theory]
    [InlineData(FaultAction.Drop, new[] { Sample, Generated, Judged, Scored })]
    [InlineData(FaultAction.Corrupt, new[] { BlobNamed, CheckpointNamed })]
    [InlineData(FaultAction.DiskFull, new[] { BlobWrite, CheckpointWrite, Archive })]
    public void Some_actions_are_possible_at_these_points_alone(FaultAction action, FaultPoint[] points) =>
        Assert.Equal(points, Enum.GetValues<FaultPoint>().Where(point => FaultRules.Allows(point, action)));

    [Theory]
    [InlineData(FaultAction.Crash)]
    [InlineData(FaultAction.Throw)]
    [InlineData(FaultAction.Delay)]
    public void Others_are_possible_everywhere(FaultAction action) =>
        Assert.All(Enum.GetValues<FaultPoint>(), point => Assert.True(FaultRules.Allows(point, action)));

    [Fact]
    public void The_document_lists_every_point_and_action_and_what_is_possible_where()
    {
        var lines = File.ReadAllLines(Path.Combine(ArchitectureTests.Root, "docs", "faults.md"));
        Assert.Equal(Enum.GetValues<FaultAction>().Select(FaultNames.Of), RowsBelow("| action ").Select(row => row.Split('`')[1]));
        Assert.Equal(
            from point in Enum.GetValues<FaultPoint>()
            let others = FaultRules.ActionsAt(point).Except([FaultAction.Crash, FaultAction.Throw, FaultAction.Delay])
            select (FaultNames.Of(point), string.Join(", ", others.Select(FaultNames.Of))),
            RowsBelow("| point ").Select(row => (row.Split('`')[1], row.Split('|')[3].Trim())));

        IEnumerable<string> RowsBelow(string head) =>
            lines.SkipWhile(line => !line.StartsWith(head, StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));
    }
}
