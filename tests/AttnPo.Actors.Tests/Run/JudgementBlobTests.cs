using System.Text;
using System.Text.Json;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using CsCheck;
using Xunit;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Run;

[Trait("Contract", "C3")]
public sealed class JudgementBlobTests
{
    [Fact]
    public void Reading_gives_back_what_was_written_to_the_last_bit() =>
        Arbitrary.Scored.Sample(groups =>
        {
            var back = JudgementBlob.Read(Write(groups), [.. groups.Select(group => group.Source.Source)]);
            Assert.Equal(groups.SelectMany(Parts), back.SelectMany(Parts));
        });

    [Fact]
    public void Judgements_find_their_groups_in_whatever_order_those_come() =>
        Gen.Select(Arbitrary.Scored, Gen.Int).Sample((groups, seed) =>
        {
            var shuffled = groups.ToArray();
            new Random(seed).Shuffle(shuffled);
            var back = JudgementBlob.Read(Write(groups), [.. shuffled.Select(group => group.Source.Source)]);
            Assert.Equal(shuffled.SelectMany(Parts), back.SelectMany(Parts));
        });

    [Fact]
    public void A_file_has_a_line_for_each_rollout_whatever_it_holds() =>
        Arbitrary.Scored.Sample(groups =>
        {
            var lines = Encoding.UTF8.GetString(Write(groups)).Split('\n');
            Assert.Equal("", lines[^1]);
            Assert.Equal(
                groups.SelectMany(group => group.StepCredit.Select((_, sample) => (group.Source.Source.Source.Id.ToString(), sample))),
                lines[..^1].Select(line => JsonDocument.Parse(line).RootElement)
                    .Select(line => (line.GetProperty("group").GetString()!, line.GetProperty("sample").GetInt32())));
        });

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
        var scored = new ScoredGroup(
            judged with { Readings = [reading, judged.Readings[1]] }, [new StepCredit([0.5, 0.25, 1], 0.75, [1, 0.5, 1]), null]);

        var lines = Lines([scored]);

        Assert.Equal(2, lines.Length);
        Assert.Equal("1/0/0", lines[0].GetProperty("group").GetString());
        Assert.Equal("correct", lines[0].GetProperty("verdict").GetString());
        Assert.Equal("😀 ab 😀 cd</think>", lines[0].GetProperty("response").GetString());
        Assert.Equal((0.5, 1.0, 9), (lines[0].GetProperty("advantage").GetDouble(), lines[0].GetProperty("reward").GetDouble(), lines[0].GetProperty("tokens").GetInt32()));
        Assert.Equal(0.75, lines[0].GetProperty("baseline").GetDouble());
        Assert.Equal(
            """[[0,5,2,0.5,0.75,1,"essential"],[5,9,1,0.25,0.75,0.5,"redundant"],[9,9,2,1,0.75,1,"essential"]]""",
            lines[0].GetProperty("steps").GetRawText());
        Assert.Equal("[[0,2],[2,4],[4,6]]", lines[0].GetProperty("step_tokens").GetRawText());
        Assert.Equal("""[null,"Wait",null]""", lines[0].GetProperty("phrases").GetRawText());
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("baseline").ValueKind);
        Assert.Equal("""[0,4,2,null,null,1,"essential"]""", lines[1].GetProperty("steps")[0].GetRawText());
    }

    [Fact]
    public void Where_the_task_knows_no_labels_a_step_has_none()
    {
        var scored = Waves.Scored(0, (Verdict.Wrong, -0.5)).Groups[0];
        scored = scored with { Source = scored.Source with { Labels = null } };
        Assert.Equal("[0,4,2,null,null,1]", Lines([scored])[0].GetProperty("steps")[0].GetRawText());
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData(0)]
    [InlineData(1)]
    public void A_file_that_lacks_judgements_of_a_group_is_refused_by_its_name(int kept)
    {
        var scored = Waves.Scored(0, (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5)).Groups[0];
        var lines = Encoding.UTF8.GetString(Write([scored])).Split('\n');
        var content = Encoding.UTF8.GetBytes(string.Concat(lines[..kept].Select(line => line + "\n")));
        var fault = Assert.Throws<InvalidDataException>(() => JudgementBlob.Read(content, [scored.Source.Source]));
        Assert.Equal($"Group 1/0/0 has {kept} judgements of 2 rollouts.", fault.Message);
    }

    private static byte[] Write(IReadOnlyList<ScoredGroup> groups)
    {
        using var file = new MemoryStream();
        JudgementBlob.Write(file, groups);
        return file.ToArray();
    }

    private static JsonElement[] Lines(IReadOnlyList<ScoredGroup> groups) =>
        [.. Encoding.UTF8.GetString(Write(groups)).Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>All that a group holds, numbers as their bits.</summary>
    private static IEnumerable<object?> Parts(ScoredGroup group) =>
    [
        .. RolloutBlobTests.Parts(group.Source.Source),
        Bits([group.Source.Credit.CorrectShare]), Bits(group.Source.Credit.Rewards), Bits(group.Source.Credit.Advantages),
        group.Source.Credit.Counted, group.Source.Labels?.Select(labels => labels.ToArray()).ToArray(),
        .. group.Source.Readings.SelectMany(reading => new object?[]
        {
            reading.Text, reading.Verdict, reading.Answer, reading.ThinkEnd, reading.Steps.ToArray(), reading.StepSpans.ToArray(),
        }),
        .. group.StepCredit.SelectMany(credit => new object?[]
        {
            credit is null ? null : Bits([credit.Baseline]), credit is null ? null : Bits(credit.Scores), credit is null ? null : Bits(credit.Factors),
        }),
    ];

    private static long[] Bits(IReadOnlyList<double> numbers) => [.. numbers.Select(BitConverter.DoubleToInt64Bits)];
}
