using System.Threading.Channels;
using Spectre.Console;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Progress;

/// <summary>Shows a run while it goes: a live panel on a terminal, a line a step where output is redirected.</summary>
internal sealed class RunDisplay
{
    private readonly Channel<IRunProgress> _news = Channel.CreateUnbounded<IRunProgress>(new() { SingleReader = true });
    private readonly RunFigures _figures = new();

    /// <summary>Takes a run's news; never waits for the terminal.</summary>
    public void Observe(IRunProgress news) => _news.Writer.TryWrite(news);

    /// <summary>No more news comes.</summary>
    public void Complete() => _news.Writer.TryComplete();

    /// <summary>Shows the news until <see cref="Complete"/>.</summary>
    public Task FollowAsync(TextWriter output) => Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi ? FollowLinesAsync(output) : FollowLiveAsync();

    private async Task FollowLinesAsync(TextWriter output)
    {
        await foreach (var news in _news.Reader.ReadAllAsync())
        {
            _figures.Apply(news);
            if (_figures.Line(news) is not { } line) continue;
            await output.WriteLineAsync(line);
            await output.FlushAsync();
        }
    }

    private Task FollowLiveAsync() => AnsiConsole.Live(new Text("starting")).StartAsync(async context =>
    {
        var notes = new List<string>();
        await foreach (var news in _news.Reader.ReadAllAsync())
        {
            _figures.Apply(news);
            if (news is not StepFinished && _figures.Line(news) is { } line) notes.Add(line);
            context.UpdateTarget(Panel(notes));
        }
    });

    private Spectre.Console.Rows Panel(List<string> notes)
    {
        // The last few notes: evaluations and retries, which a line that is drawn over would hide.
        const int Shown = 6;
        var share = _figures.Steps == 0 ? 0 : (_figures.Committed + (_figures.Waves.All == 0 ? 0 : (double)_figures.Waves.Done / _figures.Waves.All)) / _figures.Steps;
        var bar = new BreakdownChart().HideTags().AddItem("done", Math.Max(share, 1e-6), Color.Green).AddItem("left", Math.Max(1 - share, 1e-6), Color.Grey);
        var table = new Grid().AddColumn().AddColumn();
        void Row(string name, string value) => table.AddRow(new Markup($"[grey]{name}[/]"), new Text(value));
        Row("step", $"{_figures.Committed} of {_figures.Steps}, wave {_figures.Waves.Done} of {_figures.Waves.All}");
        Row("rate", _figures.SecondsPerStep is { } seconds
            ? $"{seconds:0.00} s a step, {_figures.Figure("tokens_per_s", "0")} tokens/s, {RunFigures.Readable(_figures.TimeLeft!.Value)} left" : "-");
        Row("accuracy", _figures.Figure("rollout/accuracy", "0.000"));
        Row("mean tokens", _figures.Figure("rollout/tokens_mean", "0.0"));
        Row("stages, s", _figures.StageTimes);
        if (_figures.WithoutSignal is { Length: > 0 } nothing) Row("signal", nothing.Trim());
        return new Spectre.Console.Rows([bar, table, .. notes.TakeLast(Shown).Select(note => new Text(note))]);
    }
}
