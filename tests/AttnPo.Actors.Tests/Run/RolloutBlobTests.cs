using System.Text;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using AttnPo.Gpu;
using CsCheck;
using Xunit;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Run;

[Trait("Contract", "C3")]
public sealed class RolloutBlobTests
{
    private static readonly Gen<GroupOutcome[]> Dropped =
        (from index in Gen.Int[0, 1_000_000]
         from prompt in Gen.Long[0, long.MaxValue]
         from reason in Arbitrary.OneOf(Enum.GetValues<DropReason>())
         select new GroupOutcome(new GroupId(Arbitrary.Wave, index), prompt, reason, 0, 0, 0, false)).Array[0, 3];

    [Fact]
    public void Reading_gives_back_what_was_written_to_the_last_bit() =>
        Gen.Select(Arbitrary.Groups, Dropped, Gen.Long[0, long.MaxValue]).Sample((groups, dropped, version) =>
        {
            var (policy, back, backDropped) = RolloutBlob.Read(Write(groups, dropped, version), Arbitrary.Wave);
            Assert.Equal(new PolicyVersion(version), policy);
            Assert.Equal(dropped, backDropped);
            Assert.Equal(groups.SelectMany(Parts), back.SelectMany(Parts));
        });

    [Fact]
    public void A_file_has_a_line_for_the_wave_and_one_for_each_rollout_whatever_they_hold() =>
        Gen.Select(Arbitrary.Groups, Dropped).Sample((groups, dropped) =>
        {
            var text = Encoding.UTF8.GetString(Write(groups, dropped));
            Assert.Equal(1 + groups.Sum(group => group.Completions.Count), text.Count(character => character == '\n'));
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain(text, character => character != '\n' && char.IsControl(character) && character < 0x20);
        });

    [Fact]
    public void Equal_waves_are_equal_files() =>
        Arbitrary.Groups.Sample(groups => Assert.Equal(Write(groups, []), Write([.. groups.Select(group => group with { })], [])));

    [Fact]
    public void The_form_of_a_wave_on_disk_is_this()
    {
        var group = new SampledGroup(new GroupId(Arbitrary.Wave, 1), 40, new Prompt(7, "2+2?\n\"é😀", "4"), [5, 6]);
        GroupOutcome dropped = new(new GroupId(Arbitrary.Wave, 0), 9, DropReason.PromptTooLong, 0, 0, 0, false);
        var written = Write([new GeneratedGroup(group, [new Completion(40, 0, [3, 2], [-0.25f, -0f], FinishReason.Stop)])], [dropped], version: 11);
        Assert.Equal(
            """
            {"wave":"12/3","policy":11,"groups":[{"group":"12/3/1","position":40,"prompt_index":7,"prompt":"2+2?\n\"é😀","gold":"4","prompt_ids":[5,6]}],"dropped":[{"group":"12/3/0","prompt_index":9,"reason":"prompt_too_long"}]}
            {"group":"12/3/1","sample":0,"finish":"stop","token_ids":[3,2],"logprobs":[-0.25,-0]}

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(written).Replace("\\uD83D\\uDE00", "😀", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_rollout_of_another_wave_or_of_an_unknown_group_is_refused_by_name()
    {
        var written = Encoding.UTF8.GetString(Write([new GeneratedGroup(
            new SampledGroup(new GroupId(Arbitrary.Wave, 1), 40, new Prompt(7, "p", "4"), [5]), [new Completion(40, 0, [3], [0f], FinishReason.Stop)])], []));
        var other = new WaveId(new StepNumber(12), 4);
        Assert.Contains("group 12/3/1", Assert.Throws<InvalidDataException>(() => RolloutBlob.Read(Encoding.UTF8.GetBytes(written), other)).Message);
        var unknown = written.Replace("{\"group\":\"12/3/1\",\"sample\"", "{\"group\":\"12/3/5\",\"sample\"", StringComparison.Ordinal);
        Assert.Contains("group 12/3/5", Assert.Throws<InvalidDataException>(() => RolloutBlob.Read(Encoding.UTF8.GetBytes(unknown), Arbitrary.Wave)).Message);
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("", "The rollouts of wave 12/3 are an empty file.")]
    [InlineData("{\"wave\":\"12/3\"", "The last line has no end.")]
    public void A_file_without_a_whole_line_is_a_clear_error(string content, string message) => Assert.Equal(
        message, Assert.Throws<InvalidDataException>(() => RolloutBlob.Read(Encoding.UTF8.GetBytes(content), Arbitrary.Wave)).Message);

    private static byte[] Write(IReadOnlyList<GeneratedGroup> groups, IReadOnlyList<GroupOutcome> dropped, long version = 0)
    {
        using var file = new MemoryStream();
        RolloutBlob.Write(file, new PolicyVersion(version), Arbitrary.Wave, groups, dropped);
        return file.ToArray();
    }

    /// <summary>All that a group holds, numbers as their bits.</summary>
    internal static IEnumerable<object> Parts(GeneratedGroup group) =>
    [
        group.Source.Id, group.Source.Position, group.Source.Prompt, group.Source.Tokens,
        .. group.Completions.SelectMany(completion => new object[]
        {
            completion.PromptId, completion.Sample, completion.Finish, completion.Tokens,
            completion.LogProbs.Select(BitConverter.SingleToInt32Bits).ToArray(),
        }),
    ];
}
