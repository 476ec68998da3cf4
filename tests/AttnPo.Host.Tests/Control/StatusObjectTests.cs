using System.Text.Json;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Host.Control;
using AttnPo.Host.Progress;
using AttnPo.Host.Rows;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Tests.Control;

public sealed class StatusObjectTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static readonly RunStatus Status = new(
        new RunId("abc"), "Stepping", new StepNumber(4), 9, new PolicyVersion(4), 1, false,
        [
            new StageStatus("Generator", null, 2, [new HeldWave(new WaveId(new StepNumber(5), 1), Now.AddSeconds(-75))], 1),
            new StageStatus("Optimizer", null, 0, [], 3),
        ],
        ["5/1 in Generator"], new Dictionary<string, double> { ["train/loss"] = 0.5, ["train/odd"] = double.NaN })
    {
        Pausing = true,
        Checkpoint = new StepNumber(3),
        Groups = new GroupCounts(62, new Dictionary<DropReason, long> { [DropReason.NothingCounted] = 2 }),
        Disk = new Dictionary<string, long> { ["rollouts"] = 2_500_000, ["journal"] = 4_096 },
    };

    [Fact]
    public void The_object_has_all_members_that_scripts_may_rely_on()
    {
        var status = JsonDocument.Parse(RowWriter.Line(StatusObject.Members(Status, live: true))).RootElement;
        string[] members =
        [
            "live", "run", "state", "step", "steps", "policy", "attempt", "stopping", "pausing", "paused", "checkpoint", "groups", "stages",
            "overdue", "disk", "metrics",
        ];
        Assert.Equal(members, status.EnumerateObject().Select(member => member.Name));
        Assert.Equal("stepping", status.GetProperty("state").GetString());
        Assert.Equal((4, 3), (status.GetProperty("step").GetInt32(), status.GetProperty("checkpoint").GetInt32()));
        Assert.True(status.GetProperty("pausing").GetBoolean());
        Assert.Equal(2, status.GetProperty("groups").GetProperty("dropped").GetProperty("nothing_counted").GetInt64());
        var stage = status.GetProperty("stages")[0];
        Assert.Equal((1, 2), (stage.GetProperty("in_hand").GetInt32(), stage.GetProperty("demand").GetInt32()));
        Assert.Equal("5/1", stage.GetProperty("waves")[0].GetProperty("wave").GetString());
        Assert.Equal(4096, status.GetProperty("disk").GetProperty("journal").GetInt64());
        Assert.False(status.GetProperty("metrics").TryGetProperty("train/odd", out _));
    }

    [Fact]
    public void A_live_run_shows_what_its_stages_hold_and_what_lies_on_disk()
    {
        var lines = Lines(Status, live: true);
        Assert.Equal("runs/a: stepping, pausing, step 4 of 9 committed", lines[0]);
        Assert.Contains(Line("checkpoint", "step 3"), lines);
        Assert.Contains(Line("groups", "62 used, dropped: nothing_counted 2"), lines);
        Assert.Contains(Line("disk", "2.5 MB: rollouts 2.5 MB, journal 4.1 kB"), lines);
        Assert.Contains(Line("Generator", "holds 5/1 for 1 min 15 s; 1 passed on, 2 asked for"), lines);
        Assert.Contains(Line("Optimizer", "holds 0 waves; 3 passed on, 0 asked for"), lines);
        Assert.Contains(Line("overdue", "5/1 in Generator"), lines);
        Assert.Contains(Line("train/loss", "0.5"), lines);
    }

    [Theory]
    [Trait("Contract", "C7")]
    [InlineData("Paused", true, "runs/a: paused, step 4 of 9 committed; attnpo resume runs/a goes on")]
    [InlineData(
        "Paused", false, "runs/a: not running; paused after step 4;"
            + " attnpo train --run runs/a starts it paused, attnpo resume runs/a then goes on")]
    [InlineData("Finished", false, "runs/a: not running; all 4 steps are made")]
    [InlineData("Stopped", false, "runs/a: not running; step 4 was the last committed; attnpo train --run runs/a goes on")]
    public void A_run_says_whether_it_is_paused_and_how_it_goes_on(string state, bool live, string head) =>
        Assert.Equal(head, Lines(Status with { State = state } with { Pausing = false }, live)[0]);

    [Fact]
    public void The_answer_of_an_earlier_version_is_shown_as_far_as_it_goes()
    {
        const string answer = """
            {"live":true,"state":"stepping","step":4,"steps":9,"stages":[{"stage":"Generator","demand":0,"in_hand":1,"done":2}],
            "metrics":{"step":4,"train/loss":0.5}}
            """;
        string[] lines =
        [
            "runs/a: stepping, step 4 of 9 committed", Line("Generator", "holds 1 waves; 2 passed on, 0 asked for"),
            Line("train/loss", "0.5"),
        ];
        Assert.Equal(lines, StatusText.Lines("runs/a", answer, Now));
    }

    private static string[] Lines(RunStatus status, bool live) =>
        [.. StatusText.Lines("runs/a", RowWriter.Line(StatusObject.Members(status, live)), Now)];

    private static string Line(string name, string value) => $"  {name,-28} {value}";
}
