using System.Diagnostics;
using System.Text.Json;
using AttnPo.Actors.Run;
using AttnPo.Host.Metrics;

namespace AttnPo.Host.Control;

/// <summary>Waits for what becomes of a live run: of the process that runs it when this is made, and of no later one.</summary>
internal sealed class LiveRun(string directory)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    // An engine that ends and a system that is shut down; whoever asks need not wait for ever if they hang.
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromMinutes(1);

    private readonly string? _token = ControlFile.Read(directory)?.Token;

    /// <summary>Whether it stands still.</summary>
    public async Task<bool> IsPausedAsync(CancellationToken cancellation) => await LookAsync(cancellation) is { State: "paused" };

    /// <summary>Waits until it stands still; the last committed step.</summary>
    /// <exception cref="WorkFailedException">It ended before.</exception>
    public async Task<long> UntilPausedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            switch (await LookAsync(cancellation))
            {
                case { State: "paused" } paused:
                    return paused.Step;
                case null or { State: "ended" }:
                    throw new WorkFailedException(
                        $"{directory}: the run ended before it paused; attnpo status {directory} says how far it came");
            }
            await Task.Delay(BetweenLooks, cancellation);
        }
    }

    /// <summary>Waits until it is gone and its directory is free; the last committed step.</summary>
    public async Task<long> UntilGoneAsync(CancellationToken cancellation)
    {
        while (await LookAsync(cancellation) is not null) await Task.Delay(BetweenLooks, cancellation);
        var goodbye = Stopwatch.StartNew();
        // Who started it may start it again at once.
        while (ControlFile.Read(directory) is not { } other || other.Token == _token)
        {
            if (!TrainingRun.IsUnderWay(directory) || goodbye.Elapsed > LongestGoodbye) break;
            await Task.Delay(BetweenLooks, cancellation);
        }
        return MetricsFile.LastStep(directory) is { } row ? (long)row["step"] : 0;
    }

    private async Task<Look?> LookAsync(CancellationToken cancellation)
    {
        if (ControlFile.Read(directory) is not { } control || control.Token != _token) return null;
        if (await ControlClient.StatusAsync(directory, cancellation) is not { } answer) return null;
        using var status = JsonDocument.Parse(answer);
        return new Look(status.RootElement.GetProperty("state").GetString()!, status.RootElement.GetProperty("step").GetInt64());
    }

    private sealed record Look(string State, long Step);
}
