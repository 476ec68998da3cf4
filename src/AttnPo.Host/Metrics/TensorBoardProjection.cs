using AttnPo.Actors.Protocol;

namespace AttnPo.Host.Metrics;

/// <summary>
/// The event file of a run, a projection of its metrics: written anew at each start from metrics.jsonl, then step by step. So it
/// holds each step once, however often the run was killed.
/// </summary>
internal sealed class TensorBoardProjection(string runDirectory) : IDisposable
{
    private readonly string _folder = Path.Combine(runDirectory, "tensorboard");
    private TensorBoardWriter? _writer;
    private readonly HashSet<long> _evaluated = [], _watched = [];
    private long _committed;

    /// <summary>Takes a run's news.</summary>
    public void Observe(RunProtocol.IRunProgress news)
    {
        if (news is RunProtocol.RunOpened opened)
        {
            _committed = opened.Committed.Value;
            return;
        }

        // Only after the run is open does metrics.jsonl agree with the journal.
        _writer ??= Begin();
        if (news is RunProtocol.StepFinished step) _writer.Write(DateTimeOffset.UtcNow, step.Step.Value, step.Metrics);
        // An evaluation of a step committed before may be in metrics.jsonl by the time its news comes.
        if (news is RunProtocol.EvaluationFinished evaluation && _evaluated.Add(evaluation.Step.Value))
            _writer.Write(DateTimeOffset.UtcNow, evaluation.Step.Value, evaluation.Metrics);
        if (news is RunProtocol.HeadsWatched watched && _watched.Add(watched.Step.Value))
            _writer.Write(DateTimeOffset.UtcNow, watched.Step.Value, watched.Metrics);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    private TensorBoardWriter Begin()
    {
        Directory.CreateDirectory(_folder);
        foreach (var old in Directory.GetFiles(_folder, "events.out.tfevents.*")) File.Delete(old);
        var now = DateTimeOffset.UtcNow;
        var writer = new TensorBoardWriter(_folder, now);
        foreach (var row in MetricsFile.Read(runDirectory))
        {
            if (!row.Remove("step", out var step) || step > _committed) continue;
            writer.Write(now, (long)step, row);
            if (row.Keys.Any(name => name.StartsWith("eval/", StringComparison.Ordinal))) _evaluated.Add((long)step);
            if (row.Keys.Any(name => name.StartsWith("heads/", StringComparison.Ordinal))) _watched.Add((long)step);
        }

        return writer;
    }
}
