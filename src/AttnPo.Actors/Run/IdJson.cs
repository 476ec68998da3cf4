using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AttnPo.Actors.Protocol;
using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>A run's id as its text.</summary>
internal sealed class RunIdJson : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("A run's id is missing."));

    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A step as its number.</summary>
internal sealed class StepNumberJson : JsonConverter<StepNumber>
{
    public override StepNumber Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, StepNumber value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}

/// <summary>A policy's version as its number.</summary>
internal sealed class PolicyVersionJson : JsonConverter<PolicyVersion>
{
    public override PolicyVersion Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, PolicyVersion value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}

/// <summary>A wave as step/wave, as people read it elsewhere.</summary>
internal sealed class WaveIdJson : JsonConverter<WaveId>
{
    public override WaveId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        IdText.Read(ref reader, WaveId.Parse);

    public override void Write(Utf8JsonWriter writer, WaveId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A group as step/wave/group.</summary>
internal sealed class GroupIdJson : JsonConverter<GroupId>
{
    public override GroupId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        IdText.Read(ref reader, GroupId.Parse);

    public override void Write(Utf8JsonWriter writer, GroupId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A head as layer:head.</summary>
internal sealed class HeadIdJson : JsonConverter<HeadId>
{
    public override HeadId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => IdText.Read(ref reader, Parse);

    public override void Write(Utf8JsonWriter writer, HeadId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    private static HeadId Parse(string text) =>
        text.Split(':') is [var layer, var head] && ushort.TryParse(layer, NumberStyles.None, CultureInfo.InvariantCulture, out var l)
            && ushort.TryParse(head, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
            ? new HeadId(l, h) : throw new FormatException($"\"{text}\" is no layer:head.");
}

/// <summary>Ids that are written as text.</summary>
internal static class IdText
{
    public static T Read<T>(ref Utf8JsonReader reader, Func<string, T> parse)
    {
        try
        {
            return parse(reader.GetString() ?? "");
        }
        catch (FormatException wrong)
        {
            throw new JsonException(wrong.Message, wrong);
        }
    }
}
