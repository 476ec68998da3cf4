using Spectre.Console;

namespace AttnPo.Host.Progress;

/// <summary>Progress of work whose amount is known: a bar with rate and time left on a terminal, nothing where output is redirected.</summary>
internal static class CountedProgress
{
    /// <summary>Runs the work; it calls what it is given once for each finished unit.</summary>
    public static void Run(string unit, int count, Action<Action> work)
    {
        if (Console.IsErrorRedirected)
        {
            work(() => { });
            return;
        }

        // On standard error: standard output belongs to the result.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(unit), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(unit, maxValue: count);
                work(() => task.Increment(1));
            });
    }

    private sealed class RateColumn(string unit) : ProgressColumn
    {
        public override Spectre.Console.Rendering.IRenderable Render(Spectre.Console.Rendering.RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Markup(task.Speed is { } speed ? $"{speed:0.0} {unit}/s" : "");
    }
}
