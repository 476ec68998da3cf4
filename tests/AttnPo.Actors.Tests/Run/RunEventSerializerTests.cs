using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using AttnPo.Gpu;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

public sealed class RunEventSerializerTests : StageSpec
{
    private static readonly GroupId Group = new(new WaveId(new StepNumber(3), 1), 2);

    /// <summary>One of each kind; <see cref="Every_kind_of_event_has_an_example_here"/> keeps the list whole.</summary>
    private static readonly RunEvent[] Examples =
    [
        new RunStarted(new RunId("r1"), "hash", "1.0", ulong.MaxValue, 40, TracksDifficulty: true) { At = new DateTimeOffset(2026, 11, 24, 15, 0, 0, TimeSpan.Zero) },
        new RunContinued("1.1", 80),
        new WaveSampled(Group.Wave, 512, [17, 3], new SkippedPrompts(5, 2, 1)),
        new WaveGenerated(Group.Wave, new PolicyVersion(2), new BlobRecord("step-000003/wave-0001-rollouts-ab.jsonl", 5_000_000_000, "ab"), 0.1 + 0.2),
        new WaveJudged(Group.Wave, new BlobRecord("step-000003/wave-0001-judgement-cd.jsonl", 7, "cd"), 1e-9, 12),
        new StepCommitted(
            new StepNumber(3), new PolicyVersion(3), 384,
            new CheckpointRecord("step-000003", [new CheckpointFile("model.safetensors", 5_000_000_000, "ab12")]),
            new Dictionary<string, double> { ["train/loss"] = 0.1 + 0.2, ["train/grad_norm"] = double.NaN, ["x"] = double.PositiveInfinity },
            [new GroupOutcome(Group, 17, DropReason.PromptTooLong, 1, 4, 99, true), new GroupOutcome(Group, 17, null, 1, 4, 99, false)]),
        new GroupDropped(Group, 17, DropReason.NothingCounted),
        new CheckpointWritten(new StepNumber(3), new CheckpointRecord("step-000003", [])),
        new Evaluated(new StepNumber(3), new PolicyVersion(3), new Dictionary<string, double> { ["eval/accuracy"] = 1 / 3.0 }),
        new HeadsProbed(
            new StepNumber(3), new PolicyVersion(3), [new HeadId(16, 2)], "ab12", new Dictionary<string, double> { ["heads/pearson"] = double.NaN }, [0.1 + 0.2]),
        new HeadsSelected(new StepNumber(3), [new HeadId(20, 9), new HeadId(0, 0)], [new HeadId(16, 2)], 0.9, 0.1 + 0.2, "ab12", [1 / 3.0, 0]),
        new RunPaused(new StepNumber(3), 2),
        new RunResumed(new StepNumber(3)),
        new RunFinished(new StepNumber(3)),
    ];

    private readonly RunEventSerializer _serializer;

    public RunEventSerializerTests() => _serializer = new RunEventSerializer((ExtendedActorSystem)Sys);

    [Fact]
    public void Every_kind_of_event_has_an_example_here() => Assert.Equal(
        typeof(RunEvent).Assembly.GetTypes().Where(type => type.IsSealed && type.IsAssignableTo(typeof(RunEvent))).Select(type => type.Name).Order(),
        Examples.Select(example => example.GetType().Name).Order());

    [Fact]
    public void Every_event_comes_back_as_it_was() => Assert.All(Examples, example =>
    {
        var back = _serializer.FromBinary(_serializer.ToBinary(example), _serializer.Manifest(example));
        Assert.Equal(example.GetType(), back.GetType());
        // Records compare lists by reference, so what is written is compared, after making sure that every member is written.
        var written = _serializer.ToBinary(example);
        Assert.Equal(
            example.GetType().GetConstructors()[0].GetParameters().Select(parameter => JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!)),
            JsonDocument.Parse(written).RootElement.EnumerateObject().Select(member => member.Name).Where(name => name != "at"));
        Assert.Equal(example.At, ((RunEvent)back).At);
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(_serializer.ToBinary(back)));
    });

    [Fact]
    public void No_name_of_a_type_of_this_code_is_written() => Assert.All(Examples, example =>
    {
        var written = _serializer.Manifest(example) + Encoding.UTF8.GetString(_serializer.ToBinary(example));
        Assert.DoesNotContain("AttnPo", written);
        Assert.DoesNotContain(example.GetType().Name, written);
        Assert.Matches("^[a-z-]+/1", written);
    });

    [Fact]
    public void The_form_of_a_committed_step_on_disk_is_this() => Assert.Equal(
        """{"step":2,"policy":2,"promptCursor":8,"checkpoint":{"name":"step-000002","files":[{"name":"w","bytes":3,"sha256":"aa"}]},"metrics":{"reward/mean":0.5},"groups":[{"group":"3/1/2","prompt":4,"dropped":"prompt_too_long","correct":0,"rollouts":0,"tokens":0,"zeroAdvantage":false}]}""",
        Encoding.UTF8.GetString(_serializer.ToBinary(new StepCommitted(
            new StepNumber(2), new PolicyVersion(2), 8, new CheckpointRecord("step-000002", [new CheckpointFile("w", 3, "aa")]),
            new Dictionary<string, double> { ["reward/mean"] = 0.5 },
            [new GroupOutcome(Group, 4, DropReason.PromptTooLong, 0, 0, 0, false)]))));

    /// <summary>As version 0.2 wrote them: a run that passes over no prompt still writes the same.</summary>
    [Theory]
    [InlineData("wave-sampled/1", """{"wave":"3/1","position":512,"prompts":[17,3]}""")]
    [InlineData("run-started/1", """{"run":"r1","settingsHash":"hash","codeVersion":"1.0","seed":7,"steps":40}""")]
    public void Events_from_before_prompts_could_be_passed_over_are_read_and_written_as_they_were(string manifest, string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(_serializer.ToBinary(_serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest))));

    [Fact]
    public void The_form_of_a_wave_that_passed_over_prompts_is_this() => Assert.Equal(
        """{"wave":"3/1","position":512,"prompts":[17],"skipped":{"tooLong":5,"solved":2,"unsolved":1}}""",
        Encoding.UTF8.GetString(_serializer.ToBinary(new WaveSampled(Group.Wave, 512, [17], new SkippedPrompts(5, 2, 1)))));

    [Fact]
    public void The_form_of_heads_on_disk_is_this() => Assert.Equal(
        """{"step":4,"heads":["20:9"],"former":["16:2","0:0"],"accuracy":0.75,"formerAccuracy":0.5,"probeSet":"ab12","scores":[0.25]}""",
        Encoding.UTF8.GetString(_serializer.ToBinary(
            new HeadsSelected(new StepNumber(4), [new HeadId(20, 9)], [new HeadId(16, 2), new HeadId(0, 0)], 0.75, 0.5, "ab12", [0.25]))));

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("16")]
    [InlineData("16:-2")]
    [InlineData("16:70000")]
    [InlineData("1:2:3")]
    public void A_head_that_is_none_is_a_clear_error(string head) => Assert.Throws<SerializationException>(() => _serializer.FromBinary(
        Encoding.UTF8.GetBytes($$$"""{"step":4,"policy":4,"heads":["{{{head}}}"],"probeSet":"ab12","metrics":{}}"""), "heads-probed/1"));

    [Fact]
    public void An_event_of_a_newer_version_is_a_clear_error()
    {
        var fault = Assert.Throws<SerializationException>(() => _serializer.FromBinary("{}"u8.ToArray(), "step-split/1"));
        Assert.Contains("\"step-split/1\" that this version does not know; a newer version wrote it", fault.Message);
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"group":"3/1","prompt":1,"reason":"nothing_counted"}""")]
    [InlineData("""{"group":"3/1/2","prompt":1,"reason":"unheard_of"}""")]
    public void A_broken_event_is_a_clear_error(string json) =>
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), "group-dropped/1"));

    [Fact]
    public void A_member_that_is_not_known_is_passed_over() => Assert.Equal(
        new RunFinished(new StepNumber(3)),
        _serializer.FromBinary(JsonSerializer.SerializeToUtf8Bytes(new { step = 3, later = "more" }), "run-finished/1"));
}
