using System.Text.Json;
using AttnPo.Host.Ledger;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Control;

/// <summary>
/// A run's status as the members of one JSON object: the same whether the run tells it itself or it is read from what it left, where
/// "live" is false and no stage holds anything. Scripts rely on the members: later versions only add some.
/// </summary>
internal static class StatusObject
{
    /// <summary>The members.</summary>
    public static Action<Utf8JsonWriter> Members(RunStatus status, bool live) => json =>
    {
        json.WriteBoolean("live", live);
        json.WriteString("run", status.Run.ToString());
        json.WriteString("state", status.State.ToLowerInvariant());
        json.WriteNumber("step", status.Step.Value);
        json.WriteNumber("steps", status.Steps);
        json.WriteNumber("policy", status.Policy.Value);
        json.WriteNumber("attempt", status.Attempt);
        json.WriteBoolean("stopping", status.Stopping);
        json.WriteBoolean("pausing", status.Pausing);
        json.WriteBoolean("paused", status.State == "Paused");
        json.WriteNumber("checkpoint", status.Checkpoint.Value);
        if (status.Heads is { } heads)
        {
            json.WriteStartArray("heads_reselected");
            foreach (var head in heads) json.WriteStringValue(head.ToString());
            json.WriteEndArray();
        }

        json.WriteStartObject("groups");
        json.WriteNumber("used", status.Groups.Used);
        json.WriteStartObject("dropped");
        foreach (var (reason, groups) in status.Groups.Dropped.OrderBy(entry => entry.Key))
            json.WriteNumber(LedgerText.Word(reason), groups);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("stages");
        foreach (var stage in status.Stages) WriteStage(json, stage);
        json.WriteEndArray();
        json.WriteStartArray("overdue");
        foreach (var item in status.Overdue) json.WriteStringValue(item);
        json.WriteEndArray();
        WriteDisk(json, status.Disk);
        json.WriteStartObject("metrics");
        foreach (var (name, value) in status.Metrics)
            if (double.IsFinite(value)) json.WriteNumber(name, value);
        json.WriteEndObject();
    };

    /// <summary>Bytes on disk, by what they are for.</summary>
    public static void WriteDisk(Utf8JsonWriter json, IReadOnlyDictionary<string, long> disk)
    {
        json.WriteStartObject("disk");
        foreach (var (purpose, bytes) in disk) json.WriteNumber(purpose, bytes);
        json.WriteEndObject();
    }

    private static void WriteStage(Utf8JsonWriter json, StageStatus stage)
    {
        json.WriteStartObject();
        json.WriteString("stage", stage.Stage);
        json.WriteNumber("demand", stage.DemandOutstanding);
        json.WriteNumber("in_hand", stage.InHand.Count);
        json.WriteNumber("done", stage.Done);
        json.WriteStartArray("waves");
        foreach (var held in stage.InHand)
        {
            json.WriteStartObject();
            json.WriteString("wave", held.Wave.ToString());
            json.WriteString("since", held.Since);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
