using System.CommandLine;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Host.Ledger;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Commands;

/// <summary>ledger: what a run remembers, whether it is live or not; reads and never writes.</summary>
internal static class LedgerCommand
{
    private const int ShownSteps = 20;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var run = RunArgument.Create();
        var step = new Option<long>("--step")
        {
            Description = "Show a step: its waves, their files, each group's end.",
            HelpName = "N",
        }.AtLeast(1);
        var group = new Option<string>("--group")
        {
            Description = "Show a group: prompt, rollouts, verdicts, step credit, its end.",
            HelpName = "STEP/WAVE/GROUP",
        }.Within(id => Parse(id) is not null, "STEP/WAVE/GROUP, as --step prints it");
        var all = new Option<bool>("--all") { Description = $"Show all steps and events, not the last {ShownSteps} of each kind." };
        var json = new Option<bool>("--json") { Description = "Print JSON Lines: events, groups, rollouts, whole." };
        var command = new Command("ledger", "Shows the life of a run, of a step, or of any group; the run may be live.")
        {
            run, step, group, all, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(step) is not null && result.GetResult(group) is not null)
                result.AddError("--step and --group: give one of them.");
        });
        command.SetAction(parsed => Show(
            parsed.RequiredRun(run), parsed.GetResult(step) is null ? null : parsed.GetValue(step),
            parsed.GetValue(group) is { } id ? Parse(id) : null, parsed.GetValue(all), parsed.GetValue(json),
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Show(string directory, long? step, GroupId? group, bool all, bool asJson, TextWriter output)
    {
        var settings = RunFolderSettings.Held(directory);
        var ledger = LedgerReader.Open(directory, StageSettings.Journal(settings));
        if (ledger.Started is null) throw new WorkFailedException($"{directory}: the run there has journaled nothing yet");
        using var rows = asJson ? new RowWriter("-") : null;
        if (group is { } id) ShowGroup(id);
        else if (step is { } number) ShowStep(History(ledger, new StepNumber(number), settings));
        else ShowRun();
        rows?.Commit();
        return ExitCode.Done;

        void ShowRun()
        {
            var overview = new LedgerOverview(all ? int.MaxValue : ShownSteps);
            foreach (var entry in ledger.Events())
            {
                rows?.Write(json => LedgerJson.WriteEvent(json, entry));
                overview.Apply(entry);
            }

            if (rows is null) Print(overview.Lines(ledger.Started, ledger.Status, IsOnDisk));
        }

        bool IsOnDisk(CheckpointRecord checkpoint) => Directory.Exists(Path.Combine(directory, "checkpoints", checkpoint.Name));

        void ShowStep(StepHistory history)
        {
            foreach (var entry in history.Events) rows?.Write(json => LedgerJson.WriteEvent(json, entry));
            foreach (var member in history.Groups) rows?.Write(json => LedgerJson.WriteGroup(json, member, history));
            if (rows is null) Print(StepReport.Lines(history, ledger.RolloutsSince));
        }

        void ShowGroup(GroupId wanted)
        {
            var history = History(ledger, wanted.Wave.Step, settings);
            var member = history.Groups.FirstOrDefault(member => member.Id == wanted)
                ?? throw new WorkFailedException(
                    $"step {history.Step} has no group {wanted}; its groups are {history.Groups[0].Id} to {history.Groups[^1].Id}");
            var keep = settings.Integer("ledger.keep-steps");
            if (keep > 0 && ledger.RolloutsSince is { } since && since.Value > history.Step.Value)
            {
                throw new WorkFailedException(
                    $"the rollouts of step {history.Step} are pruned: they are kept since step {since} (ledger.keep-steps = {keep})");
            }

            var stored = ledger.ReadGroup(member);
            rows?.Write(json => LedgerJson.WriteGroup(json, member, history, stored));
            foreach (var rollout in stored?.Rollouts ?? []) rows?.Write(json => LedgerJson.WriteRollout(json, stored!, rollout));
            if (rows is null) Print(GroupReport.Lines(member, history, stored));
        }

        void Print(IEnumerable<string> lines)
        {
            // Whatever a line holds, it stays one.
            foreach (var line in lines) output.WriteLine(TerminalText.Safe(line));
        }
    }

    private static StepHistory History(LedgerReader ledger, StepNumber step, ResolvedSettings settings)
    {
        var history = StepHistory.Of(step, ledger.Events(step));
        if (history.Committed is not null || (history.Waves.Count > 0 && step.Value > ledger.Step.Value)) return history;
        if (step.Value > ledger.Step.Value)
        {
            var last = ledger.Step == StepNumber.Start ? "no step is committed yet" : $"step {ledger.Step} was the last committed";
            throw new WorkFailedException($"step {step} is not made: {last}");
        }

        var since = ledger.Events().Select(entry => entry.Happened).OfType<StepCommitted>().FirstOrDefault()?.Step;
        throw new WorkFailedException(
            $"step {step} is pruned: events are kept since step {since} (ledger.keep-steps = {settings.Integer("ledger.keep-steps")})");
    }

    private static GroupId? Parse(string id)
    {
        try
        {
            return GroupId.Parse(id);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
