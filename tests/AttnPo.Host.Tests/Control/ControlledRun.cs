using System.Collections.Concurrent;
using AttnPo.Host.Control;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Tests.Control;

/// <summary>A run's directory with a real endpoint and, behind it, a run that notes what it is asked and does what a test says.</summary>
internal sealed class ControlledRun : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ControlEndpoint? _endpoint;

    public string Directory => _folder.Path;

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What it answers to the verbs.</summary>
    public RunReply Reply { get; set; } = new(true, "as you wish");

    public string State { get; set; } = "stepping";

    public long Step { get; set; } = 3;

    /// <summary>Happens when it is asked something, before it answers.</summary>
    public Action<string> OnAsked { get; set; } = _ => { };

    public ControlFile Control => ControlFile.Read(Directory)!;

    public static async Task<ControlledRun> StartAsync()
    {
        var run = new ControlledRun();
        File.WriteAllText(run._folder.File("settings.conf"), "");
        run._endpoint = await ControlEndpoint.StartAsync(run.Directory, new RunControls
        {
            Status = _ =>
            {
                run.Note("status");
                var (state, step) = (run.State, run.Step);
                return Task.FromResult<Action<System.Text.Json.Utf8JsonWriter>>(json =>
                {
                    json.WriteString("state", state);
                    json.WriteNumber("step", step);
                });
            },
            Pause = run.Answer("pause"),
            Resume = run.Answer("resume"),
            Stop = run.Answer("stop"),
            Checkpoint = run.Answer("checkpoint"),
        });
        return run;
    }

    /// <summary>Commits a step, as metrics.jsonl shows it.</summary>
    public void Commit(long step)
    {
        Step = step;
        File.AppendAllText(_folder.File("metrics.jsonl"), $"{{\"step\":{step},\"train/loss\":0.5}}\n");
    }

    /// <summary>Holds the directory, as a process does while it runs in it.</summary>
    public FileStream Hold() => new(_folder.File("run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>The run's process ends in good order.</summary>
    public ValueTask EndAsync() => _endpoint!.DisposeAsync();

    /// <summary>The run's process is killed: its endpoint goes and control.json stays.</summary>
    public async Task KillAsync()
    {
        var left = Control;
        await EndAsync();
        left.Write(Directory);
    }

    /// <summary>Sends a request as it stands.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(method, new Uri(Control.Address + path));
        request.Headers.Authorization = new("Bearer", Control.Token);
        change?.Invoke(request);
        return await client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Dispose();
    }

    private Func<CancellationToken, Task<RunReply>> Answer(string verb) => _ =>
    {
        Note(verb);
        return Task.FromResult(Reply);
    };

    private void Note(string what)
    {
        Asked.Enqueue(what);
        OnAsked(what);
    }
}
