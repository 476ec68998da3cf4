using System.Globalization;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>Says which waits are past their deadline: what is missing, who holds it, since when.</summary>
internal static class Watchdog
{
    /// <param name="stages">What each stage holds.</param>
    /// <param name="state">What the run is doing.</param>
    /// <param name="attempt">The try at the step under way.</param>
    /// <param name="progressAt">When the run went on last.</param>
    /// <param name="now">The time.</param>
    /// <param name="deadline">How long a wait may be.</param>
    /// <param name="missing">Waves whose records a commit waits for.</param>
    /// <param name="next">The wave whose gradient is to be added next; null: none is waited for.</param>
    public static IReadOnlyList<string> Overdue(
        IReadOnlyList<StageStatus> stages, string state, StepAttempt attempt, DateTimeOffset progressAt, DateTimeOffset now, TimeSpan deadline,
        IReadOnlyList<WaveId> missing, WaveId? next)
    {
        var held = from stage in stages
                   from wave in stage.InHand
                   where now - wave.Since > deadline
                   select $"wave {wave.Wave} is at {stage.Stage} since {At(wave.Since)}";
        var overdue = held.ToList();
        if (now - progressAt > deadline)
        {
            overdue.AddRange(missing.Select(wave => $"the commit of step {wave.Step} waits for the record of wave {wave} since {At(progressAt)}"));
            // Gradients are added in order: a wave that was lost between two stages holds up all that come after it.
            if (next is { } lost && !stages.Any(stage => stage.InHand.Any(wave => wave.Wave == lost)))
                overdue.Insert(0, $"wave {lost} is at no stage, and {attempt} waits for it since {At(progressAt)}");
        }
        if (overdue.Count == 0 && now - progressAt > deadline)
            overdue.Add($"{attempt} ({state}) has made no progress since {At(progressAt)}; no stage holds a wave that long");
        return overdue;
    }

    private static string At(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
