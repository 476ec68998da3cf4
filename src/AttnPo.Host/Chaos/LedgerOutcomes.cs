using System.Globalization;
using System.Text.Json.Nodes;
using AttnPo.Actors.Run;
using AttnPo.Host.Training;

namespace AttnPo.Host.Chaos;

/// <summary>
/// What a run's ledger says its steps came to, as lines that can be compared: which prompts were sampled, which files hold what was
/// generated and judged, how each group ended, what was committed and measured. When that was, how long it took, how often the run
/// was started and where checkpoints were laid down is left out; so is the order in which waves came in.
/// </summary>
internal static class LedgerOutcomes
{
    private static readonly string[] Circumstances = ["at", "seconds", "verifySeconds", "scoreSeconds", "checkpoint"];

    /// <summary>The lines of a run directory.</summary>
    public static IReadOnlyList<string> Of(string run)
    {
        var ledger = LedgerReader.Open(run, StageSettings.Journal(RunFolderSettings.Held(run)));
        return
        [
            .. from happened in ledger.Events()
               let step = StepOf(happened.Happened)
               where step is not null
               let line = string.Create(CultureInfo.InvariantCulture, $"{step:D9} {happened.Kind} {Outcome(happened)}")
               orderby line
               select line,
        ];
    }

    private static long? StepOf(RunEvent happened) => happened switch
    {
        WaveSampled sampled => sampled.Wave.Step.Value,
        WaveGenerated generated => generated.Wave.Step.Value,
        WaveJudged judged => judged.Wave.Step.Value,
        GroupDropped dropped => dropped.Group.Wave.Step.Value,
        StepCommitted committed => committed.Step.Value,
        Evaluated evaluated => evaluated.Step.Value,
        HeadsProbed probed => probed.Step.Value,
        HeadsSelected selected => selected.Step.Value,
        _ => null,
    };

    private static string Outcome(LedgerEvent happened)
    {
        var outcome = JsonNode.Parse(happened.ToJson())!.AsObject();
        foreach (var name in Circumstances) outcome.Remove(name);
        if (outcome["metrics"]?.AsObject() is { } metrics)
            foreach (var name in metrics.Select(figure => figure.Key).Where(RunComparison.IsTime).ToArray()) metrics.Remove(name);
        return outcome.ToJsonString();
    }
}
