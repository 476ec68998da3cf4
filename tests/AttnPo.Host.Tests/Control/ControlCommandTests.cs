using AttnPo.Host.Control;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Tests.Control;

/// <summary>pause, resume, stop and checkpoint as users type them, against a run behind a real endpoint.</summary>
public sealed class ControlCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("resume")]
    [InlineData("checkpoint")]
    [InlineData("pause", "--no-wait")]
    [InlineData("stop", "--no-wait")]
    public async Task A_command_tells_the_run_and_prints_what_it_answers(string verb, params string[] options)
    {
        await using var run = await ControlledRun.StartAsync();
        var (code, output, error) = await RunAsync([verb, run.Directory, .. options]);
        Assert.Equal((ExitCode.Done, "as you wish", ""), (code, output.Trim(), error));
        Assert.Equal([verb], run.Asked);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("stop")]
    [InlineData("checkpoint")]
    public async Task A_refusal_ends_with_1_and_its_reason(string verb)
    {
        await using var run = await ControlledRun.StartAsync();
        run.Reply = new RunReply(false, "not now; ask again later");
        var (code, output, error) = await RunAsync(verb, run.Directory);
        Assert.Equal((ExitCode.Failed, "", $"attnpo: {run.Directory}: not now; ask again later\n"), (code, output, error));
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("stop")]
    [InlineData("checkpoint")]
    public async Task A_run_that_is_not_live_is_told_apart_from_a_directory_without_one(string verb)
    {
        await using var run = await ControlledRun.StartAsync();
        await run.KillAsync();
        Assert.True(File.Exists(Path.Combine(run.Directory, "control.json")));
        var killed = await RunAsync(verb, run.Directory);
        Assert.Equal(
            (ExitCode.Failed, "", $"attnpo: {run.Directory}: not running; attnpo train --run {run.Directory} starts it\n"), killed);

        using var folder = new TemporaryFolder();
        var (code, _, error) = await RunAsync(verb, folder.Path);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("holds no run", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_just_starting_is_not_called_dead()
    {
        await using var run = await ControlledRun.StartAsync();
        await run.EndAsync();
        using var held = run.Hold();
        var (code, _, error) = await RunAsync("pause", run.Directory);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("is starting or ending", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C7")]
    public async Task Pause_waits_until_the_run_stands_still()
    {
        await using var run = await ControlledRun.StartAsync();
        var looks = 0;
        run.OnAsked = what =>
        {
            if (what != "status" || ++looks < 4) return;
            (run.State, run.Step) = ("paused", 4);
        };
        var (code, output, _) = await RunAsync("pause", run.Directory);
        Assert.Equal((ExitCode.Done, "pausing: the waves in flight end first\npaused after step 4\n"), (code, output));
        Assert.Equal(["pause", "status", "status", "status", "status"], run.Asked);
    }

    [Fact]
    public async Task Pause_of_a_run_that_stands_still_says_so_at_once()
    {
        await using var run = await ControlledRun.StartAsync();
        run.State = "paused";
        Assert.Equal((ExitCode.Done, "paused after step 3\n", ""), await RunAsync("pause", run.Directory));
    }

    [Fact]
    public async Task Pause_of_a_run_that_ends_meanwhile_fails()
    {
        await using var run = await ControlledRun.StartAsync();
        var pausing = RunAsync("pause", run.Directory);
        await AskedAsync(run, "status");
        await run.EndAsync();
        var (code, _, error) = await pausing.WaitAsync(Patience);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("ended before it paused", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_waits_until_the_run_is_gone_and_its_directory_free()
    {
        await using var run = await ControlledRun.StartAsync();
        var held = run.Hold();
        var stopping = RunAsync("stop", run.Directory);
        await AskedAsync(run, "status");
        Assert.False(stopping.IsCompleted);

        run.Commit(4);
        await run.EndAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        Assert.False(stopping.IsCompleted);
        await held.DisposeAsync();

        var (code, output, _) = await stopping.WaitAsync(Patience);
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(
            $"stopping: the waves in flight end first\nstopped after step 4; attnpo train --run {run.Directory} goes on\n", output);
    }

    [Fact]
    public async Task Stop_does_not_wait_for_a_run_that_was_started_again_at_once()
    {
        await using var run = await ControlledRun.StartAsync();
        run.Commit(4);
        // By the first run, then by the next: whoever looks sees no difference.
        using var held = run.Hold();
        var stopping = RunAsync("stop", run.Directory);
        await AskedAsync(run, "status");
        await run.EndAsync();
        await using var next = await ControlEndpointOfNextAsync(run);
        Assert.Contains("stopped after step 4", (await stopping.WaitAsync(Patience)).Output, StringComparison.Ordinal);
    }

    private static Task<ControlEndpoint> ControlEndpointOfNextAsync(ControlledRun run)
    {
        Task<RunReply> Unasked(CancellationToken _) => throw new InvalidOperationException("the next run is asked nothing");
        return ControlEndpoint.StartAsync(run.Directory, new RunControls
        {
            Status = _ => throw new InvalidOperationException("the next run is asked nothing"),
            Pause = Unasked, Resume = Unasked, Stop = Unasked, Checkpoint = Unasked,
        });
    }

    private static async Task AskedAsync(ControlledRun run, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!run.Asked.Contains(what)) await Task.Delay(10, limit.Token);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
