using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace AttnPo.Actors.Run;

/// <summary>
/// Run events and states as JSON under names of their own: the journal holds no name of a type of this code, so the code may be
/// renamed. Of an event only this is fixed: its manifest and its members' names.
/// </summary>
public sealed class RunEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly (Type Type, string Manifest)[] Known =
    [
        (typeof(RunStarted), "run-started/1"),
        (typeof(RunContinued), "run-continued/1"),
        (typeof(WaveSampled), "wave-sampled/1"),
        (typeof(WaveGenerated), "wave-generated/1"),
        (typeof(WaveJudged), "wave-judged/1"),
        (typeof(StepCommitted), "step-committed/1"),
        (typeof(GroupDropped), "group-dropped/1"),
        (typeof(CheckpointWritten), "checkpoint-written/1"),
        (typeof(Evaluated), "evaluated/1"),
        (typeof(HeadsProbed), "heads-probed/1"),
        (typeof(HeadsSelected), "heads-selected/1"),
        (typeof(RunPaused), "run-paused/1"),
        (typeof(RunResumed), "run-resumed/1"),
        (typeof(RunFinished), "run-finished/1"),
        (typeof(RunSnapshot), "run-state/1"),
    ];

    private static readonly Dictionary<Type, string> ManifestOf = Known.ToDictionary(known => known.Type, known => known.Manifest);
    private static readonly Dictionary<string, Type> TypeOf = Known.ToDictionary(known => known.Manifest, known => known.Type);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // A figure may be no number; the journal keeps it as it is.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // A member that may be absent says so by its default; any other that is absent makes the event unreadable.
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new RunIdJson(), new StepNumberJson(), new PolicyVersionJson(),
            new WaveIdJson(), new GroupIdJson(), new HeadIdJson(),
        },
    };

    /// <summary>Written beside each event in the journal; never given to another serializer.</summary>
    public override int Identifier => 20261;

    /// <inheritdoc/>
    public override string Manifest(object o) => KindOf(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => Write(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => Read(bytes, manifest);

    /// <summary>The name of an event's kind on disk.</summary>
    internal static string KindOf(object o) => ManifestOf.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new ArgumentException($"{o.GetType()} is no run event that the journal knows.", nameof(o));

    /// <summary>An event as JSON.</summary>
    internal static byte[] Write(object o)
    {
        KindOf(o);
        return JsonSerializer.SerializeToUtf8Bytes(o, o.GetType(), Options);
    }

    /// <summary>What <see cref="Write"/> wrote, now or in an earlier version.</summary>
    internal static object Read(byte[] bytes, string manifest)
    {
        if (!TypeOf.TryGetValue(manifest, out var type))
        {
            throw new SerializationException(
                $"The journal holds an event \"{manifest}\" that this version does not know; a newer version wrote it. Known: {string.Join(", ", TypeOf.Keys)}.");
        }
        try
        {
            return JsonSerializer.Deserialize(bytes, type, Options)
                ?? throw new SerializationException($"The journal holds an empty event \"{manifest}\".");
        }
        catch (JsonException broken)
        {
            throw new SerializationException($"The journal holds an event \"{manifest}\" that cannot be read: {broken.Message}", broken);
        }
    }
}
