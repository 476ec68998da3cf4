using System.Text.Json;
using AttnPo.Host.Ledger;
using AttnPo.Host.Rows;
using Xunit;

namespace AttnPo.Host.Tests.Ledger;

public sealed class LedgerJsonTests
{
    [Fact]
    public void An_event_is_one_object_with_its_place_kind_and_time_first()
    {
        var committed = MadeLedger.Numbered(MadeLedger.Started, MadeLedger.Committed(1))[1];
        var row = RowWriter.Line(json => LedgerJson.WriteEvent(json, committed));
        Assert.StartsWith(
            """{"seq":2,"kind":"step-committed","at":"2026-03-04T05:06:07+00:00","step":1,"policy":1,"prompt_cursor":3,""", row,
            StringComparison.Ordinal);
        var read = JsonDocument.Parse(row).RootElement;
        Assert.Equal(83.25, read.GetProperty("metrics").GetProperty("rollout/tokens_mean").GetDouble());
        Assert.Equal("generation_failed", read.GetProperty("groups")[2].GetProperty("dropped").GetString());
        Assert.True(read.GetProperty("groups")[1].GetProperty("zero_advantage").GetBoolean());
        Assert.Equal(1, read.EnumerateObject().Count(member => member.Name == "at"));
    }

    [Fact]
    public void Names_of_members_are_words_of_small_letters_and_digits()
    {
        var generated = MadeLedger.Numbered(MadeLedger.Waves(1)).First(entry => entry.Kind == "wave-generated");
        var file = Read(json => LedgerJson.WriteEvent(json, generated)).GetProperty("rollouts");
        Assert.Equal(["name", "bytes", "sha256"], file.EnumerateObject().Select(member => member.Name));
        var started = MadeLedger.Numbered(MadeLedger.Started)[0];
        Assert.Equal(MadeLedger.Started.SettingsHash, Text(Read(json => LedgerJson.WriteEvent(json, started)), "settings_hash"));
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void A_group_tells_its_end()
    {
        var history = MadeLedger.History(3);
        var dropped = Read(json => LedgerJson.WriteGroup(json, history.Groups[2], history));
        Assert.Equal(("group", "3/1/0", "3/1", "dropped", "generation_failed"), (
            Text(dropped, "kind"), Text(dropped, "group"), Text(dropped, "wave"), Text(dropped, "outcome"), Text(dropped, "dropped")));
        var open = MadeLedger.History(3, committed: false);
        var row = Read(json => LedgerJson.WriteGroup(json, open.Groups[0], open));
        Assert.Equal(("open", "judged"), (Text(row, "outcome"), Text(row, "wave_state")));
        Assert.False(row.TryGetProperty("correct", out _));
    }

    [Fact]
    public void A_rollout_is_whole_and_its_positions_count_code_points()
    {
        var (history, stored) = (MadeLedger.History(3), MadeLedger.Stored());
        var group = Read(json => LedgerJson.WriteGroup(json, history.Groups[0], history, stored));
        Assert.Equal("what?\n<think>\u0007\n", Text(group, "prompt"));
        Assert.Equal([5, 6, 7], group.GetProperty("prompt_ids").EnumerateArray().Select(id => id.GetInt32()));

        var rollout = Read(json => LedgerJson.WriteRollout(json, stored, stored.Rollouts[0]));
        Assert.Equal([1, 2, 3, 4, 5, 6], rollout.GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(-0.25, rollout.GetProperty("logprobs")[2].GetDouble());
        Assert.Equal(stored.Rollouts[0].Judgement!.Response.Text, Text(rollout, "response"));
        var second = rollout.GetProperty("steps")[1];
        // The face is two UTF-16 units and one code point.
        Assert.Equal((16, 28), (second.GetProperty("start").GetInt32(), second.GetProperty("end").GetInt32() + 1));
        Assert.Equal(("confused", "Wait", "attenuated", "redundant", "Wait, 😀 no."), (
            Text(second, "class"), Text(second, "phrase"), Text(second, "mark"), Text(second, "label"), Text(second, "text")));

        var cut = Read(json => LedgerJson.WriteRollout(json, stored, stored.Rollouts[1]));
        Assert.Equal(JsonValueKind.Null, cut.GetProperty("steps")[0].GetProperty("score").ValueKind);
        Assert.Equal(JsonValueKind.Null, cut.GetProperty("logprobs")[1].ValueKind);
        var unjudged = Read(json => LedgerJson.WriteRollout(json, stored, MadeLedger.Stored(judged: false).Rollouts[0]));
        Assert.False(unjudged.TryGetProperty("verdict", out _));
    }

    private static JsonElement Read(Action<Utf8JsonWriter> members) => JsonDocument.Parse(RowWriter.Line(members)).RootElement;

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
