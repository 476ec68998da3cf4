using System.Text.Json;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Control;

/// <summary>What the control endpoint can ask of a run.</summary>
internal sealed record RunControls
{
    /// <summary>What the run is doing, as the members of a JSON object.</summary>
    public required Func<CancellationToken, Task<Action<Utf8JsonWriter>>> Status { get; init; }

    /// <summary>Drain and do nothing until resumed.</summary>
    public required Func<CancellationToken, Task<RunReply>> Pause { get; init; }

    /// <summary>Go on after a pause.</summary>
    public required Func<CancellationToken, Task<RunReply>> Resume { get; init; }

    /// <summary>Drain and end; answers before that.</summary>
    public required Func<CancellationToken, Task<RunReply>> Stop { get; init; }

    /// <summary>Write a full checkpoint.</summary>
    public required Func<CancellationToken, Task<RunReply>> Checkpoint { get; init; }
}
