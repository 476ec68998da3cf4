using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AttnPo.Host.Control;
using AttnPo.Host.Metrics;
using AttnPo.Host.Rows;

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
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? answer : Readable(directory, answer));
            return ExitCode.Done;
        });
        return command;
    }

    private static string LastCommitted(string directory) => RowWriter.Line(json =>
    {
        json.WriteBoolean("live", false);
        var last = MetricsFile.LastStep(directory);
        json.WriteNumber("step", last is null ? 0 : (long)last["step"]);
        json.WriteStartObject("metrics");
        foreach (var (name, value) in last ?? []) json.WriteNumber(name, value);
        json.WriteEndObject();
    });

    private static string Readable(string directory, string answer)
    {
        using var document = JsonDocument.Parse(answer);
        var status = document.RootElement;
        var live = status.GetProperty("live").GetBoolean();
        var text = new StringBuilder();
        var step = status.GetProperty("step").GetInt64();
        text.AppendLine(live
            ? $"{directory}: {status.GetProperty("state").GetString()}, step {step} of {status.GetProperty("steps").GetInt64()} committed"
            : $"{directory}: not running; {(step == 0 ? "no step committed" : $"step {step} was the last committed")}; attnpo train --run {directory} goes on");
        foreach (var metric in status.GetProperty("metrics").EnumerateObject())
            if (metric.Name != "step")
                text.AppendLine(CultureInfo.InvariantCulture, $"  {metric.Name,-28} {metric.Value.GetDouble():G5}");
        if (status.TryGetProperty("overdue", out var overdue))
            foreach (var item in overdue.EnumerateArray()) text.AppendLine(CultureInfo.InvariantCulture, $"  overdue: {item.GetString()}");
        return text.ToString().TrimEnd();
    }
}
