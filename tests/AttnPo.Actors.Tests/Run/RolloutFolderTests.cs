using System.Text.Json;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using Xunit;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Run;

public sealed class RolloutFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RolloutFolder _rollouts;

    public RolloutFolderTests()
    {
        _rollouts = new RolloutFolder(_folder.Path);
        _rollouts.Sweep(StepNumber.Start);
    }

    [Fact]
    public void A_line_tells_the_life_of_a_rollout_with_step_positions_in_code_points()
    {
        var wave = Waves.Scored(0, (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5));
        var judged = wave.Groups[0].Source;
        var reading = judged.Readings[0] with
        {
            Text = "😀 ab 😀 cd</think>",
            Steps = [new Step(0, 6, StepClass.Forward, null), new Step(6, 11, StepClass.Confused, "Wait"), new Step(11, 11, StepClass.Forward, null)],
        };
        wave = wave with
        {
            Groups = [new ScoredGroup(judged with { Readings = [reading, judged.Readings[1]] }, [new StepCredit([0.5, 0.25, 1], 0.75, [1, 0.5, 1]), null])],
        };

        _rollouts.Append(wave);
        Assert.Empty(Directory.GetFiles(_folder.Path, "step-*"));
        _rollouts.Complete(wave.Id.Step);

        var lines = File.ReadAllLines(_folder["step-000001.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Equal("1/0/0", lines[0].GetProperty("group").GetString());
        Assert.Equal("correct", lines[0].GetProperty("verdict").GetString());
        Assert.Equal(
            ["[0,1,2,3,4,5,6,7,8] stop", "[0,1,2,3,4,5,6,7,8] stop"],
            lines.Select(line => $"{line.GetProperty("token_ids").GetRawText()} {line.GetProperty("finish").GetString()}"));
        Assert.Equal(0.75, lines[0].GetProperty("baseline").GetDouble());
        Assert.Equal(
            """[[0,5,2,0.5,0.75,1,"essential"],[5,9,1,0.25,0.75,0.5,"redundant"],[9,9,2,1,0.75,1,"essential"]]""",
            lines[0].GetProperty("steps").GetRawText());
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("baseline").ValueKind);
        Assert.Equal("""[0,4,2,null,null,1,"essential"]""", lines[1].GetProperty("steps")[0].GetRawText());
    }

    [Fact]
    public void A_step_begun_again_begins_its_file_again()
    {
        _rollouts.Append(Waves.Scored(0, (Verdict.Correct, 0.5)));
        _rollouts.Append(Waves.Scored(1, (Verdict.Correct, 0.5)));
        _rollouts.Append(Waves.Scored(0, (Verdict.Correct, 0.5)));
        _rollouts.Complete(new StepNumber(1));
        Assert.Single(File.ReadAllLines(_folder["step-000001.jsonl"]));
    }

    public void Dispose() => _folder.Dispose();
}
