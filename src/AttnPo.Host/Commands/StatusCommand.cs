using System.CommandLine;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Host.Control;
using AttnPo.Host.Metrics;
using AttnPo.Host.Progress;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Commands;

/// <summary>status: what a run does, asked of the run itself while it is live, else read from what it last committed.</summary>
internal static class StatusCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var run = RunArgument.Create();
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("status", "Says what a run does, or what it last committed.") { run, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var directory = parsed.RequiredRun(run);
            var answer = await ControlClient.StatusAsync(directory, cancellation) ?? LastCommitted(directory);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteLine(answer);
            else foreach (var line in StatusText.Lines(directory, answer, DateTimeOffset.UtcNow)) output.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>
    /// The journal knows best. Where it cannot be read, as when its server is down, the metrics still tell the step, and why they had
    /// to is said.
    /// </summary>
    private static string LastCommitted(string directory)
    {
        try
        {
            var ledger = LedgerReader.Open(directory, StageSettings.Journal(RunFolderSettings.Held(directory)));
            return ledger.Started is null
                ? FromMetrics(directory, "the run has journaled nothing yet")
                : RowWriter.Line(StatusObject.Members(WithLine(directory, ledger.Status), live: false));
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or SettingsException)
        {
            return FromMetrics(directory, fault.Message);
        }
    }

    // The line of metrics.jsonl has the step's evaluation too. A kill may have come between a commit and its line.
    private static RunProtocol.RunStatus WithLine(string directory, RunProtocol.RunStatus status) => status with
    {
        Metrics = MetricsFile.LastStep(directory) is { } line && (long)line["step"] == status.Step.Value ? line : status.Metrics,
    };

    private static string FromMetrics(string directory, string reason) => RowWriter.Line(json =>
    {
        json.WriteBoolean("live", false);
        var last = MetricsFile.LastStep(directory);
        json.WriteNumber("step", last is null ? 0 : (long)last["step"]);
        json.WriteString("journal_fault", reason);
        StatusObject.WriteDisk(json, LedgerReader.DiskOf(directory));
        json.WriteStartObject("metrics");
        foreach (var (name, value) in last ?? []) json.WriteNumber(name, value);
        json.WriteEndObject();
    });
}
