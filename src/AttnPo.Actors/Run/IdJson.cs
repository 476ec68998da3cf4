using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AttnPo.Actors.Protocol;

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

/// <summary>A group as step/wave/group, as people read it elsewhere.</summary>
internal sealed class GroupIdJson : JsonConverter<GroupId>
{
    public override GroupId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var parts = (reader.GetString() ?? "").Split('/');
        return parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var wave)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            ? new GroupId(new WaveId(new StepNumber(step), wave), group)
            : throw new JsonException($"\"{string.Join('/', parts)}\" is no group: expected step/wave/group.");
    }

    public override void Write(Utf8JsonWriter writer, GroupId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
