using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Models;

/// <summary>What is exported: a checkpoint of a run, or a model folder.</summary>
/// <param name="Directory">The folder.</param>
/// <param name="Format">What keeping the type means there.</param>
/// <param name="Description">What it is, for people.</param>
internal sealed record ExportSource(string Directory, ExportFormat Format, string Description)
{
    private readonly string[] _files = System.IO.Directory.GetFiles(Directory);

    /// <summary>Finds it.</summary>
    /// <param name="runOrModel">Run directory, model folder, or the name of a shipped model.</param>
    /// <param name="step">Of the checkpoint; null: the newest.</param>
    /// <exception cref="WorkFailedException">There is no such checkpoint or folder.</exception>
    public static ExportSource Find(string runOrModel, long? step)
    {
        if (RunFolderSettings.HoldsRun(runOrModel)) return OfRun(runOrModel, step);
        var folder = ModelFolder.Find(runOrModel);
        return step is null
            ? new(folder, ExportFormat.Stored, runOrModel)
            : throw new SettingsException($"--step {step}: {runOrModel} holds no run; expected the directory that attnpo train wrote");
    }

    /// <summary>Runs that are live prune their checkpoints: what was read from one that is gone by now may lack a file.</summary>
    /// <exception cref="WorkFailedException">It is gone.</exception>
    public void RequireStillThere()
    {
        if (!_files.All(File.Exists))
            throw new WorkFailedException($"{Directory}: was removed while it was read; export a newer checkpoint");
    }

    // A checkpoint holds 32-bit floats whatever the run started from; config.json is still that of the start.
    private static ExportSource OfRun(string run, long? step)
    {
        var ledger = LedgerReader.Open(run, StageSettings.Journal(RunFolderSettings.Held(run)));
        var committed = ledger.Checkpoints;
        if (committed.Count == 0)
        {
            throw new WorkFailedException(
                $"{run}: has no committed checkpoint yet; while it runs, attnpo checkpoint {run} lays one down of the last committed step");
        }

        var wanted = step is null ? committed[^1] : new StepNumber(step.Value);
        return committed.Contains(wanted)
            ? new(ledger.OpenCheckpoint(wanted), ExportFormat.Configured, $"step {wanted} of {run}")
            : throw new WorkFailedException(
                $"{run}: has no committed checkpoint of step {wanted}; there are those of {string.Join(", ", committed)}");
    }
}
