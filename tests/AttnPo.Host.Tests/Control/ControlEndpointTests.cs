using System.Net;
using System.Text;
using AttnPo.Host.Control;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Tests.Control;

public sealed class ControlEndpointTests
{
    private static readonly string[] Verbs = [ControlVerbs.Pause, ControlVerbs.Resume, ControlVerbs.Stop, ControlVerbs.Checkpoint];

    [Fact]
    [Trait("Contract", "C9")]
    public async Task The_endpoint_listens_on_loopback_and_answers_only_whoever_holds_the_token()
    {
        await using var run = await ControlledRun.StartAsync();
        Assert.Equal("{\"state\":\"stepping\",\"step\":3}", await ControlClient.StatusAsync(run.Directory, CancellationToken.None));
        Assert.StartsWith("http://127.0.0.1:", run.Control.Address, StringComparison.Ordinal);

        foreach (var verb in Verbs)
        {
            using var none = await run.SendAsync(HttpMethod.Post, "/" + verb, request => request.Headers.Authorization = null);
            var guess = new string('0', run.Control.Token.Length);
            using var wrong = await run.SendAsync(
                HttpMethod.Post, "/" + verb, request => request.Headers.Authorization = new("Bearer", guess));
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (none.StatusCode, wrong.StatusCode));
        }
        using var unknown = await run.SendAsync(HttpMethod.Get, "/status", request => request.Headers.Authorization = null);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(["status"], run.Asked);

        await run.EndAsync();
        Assert.False(File.Exists(Path.Combine(run.Directory, "control.json")));
        Assert.Null(await ControlClient.StatusAsync(run.Directory, CancellationToken.None));
        Assert.Null(await ControlClient.AskAsync(run.Directory, ControlVerbs.Pause, CancellationToken.None));
    }

    [Fact]
    public async Task Each_verb_reaches_the_run_and_its_reply_comes_back()
    {
        await using var run = await ControlledRun.StartAsync();
        run.Reply = new RunReply(true, "„as you wish“");
        foreach (var verb in Verbs) Assert.Equal(run.Reply, await ControlClient.AskAsync(run.Directory, verb, CancellationToken.None));
        Assert.Equal(Verbs, run.Asked);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.Conflict)]
    public async Task A_reply_is_json_and_its_status_says_whether_the_run_refused(bool done, HttpStatusCode status)
    {
        await using var run = await ControlledRun.StartAsync();
        run.Reply = new RunReply(done, "so it is");
        using var answer = await run.SendAsync(HttpMethod.Post, "/pause");
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal($"{{\"done\":{(done ? "true" : "false")},\"message\":\"so it is\"}}", await answer.Content.ReadAsStringAsync());
        Assert.Equal(run.Reply, await ControlClient.AskAsync(run.Directory, ControlVerbs.Pause, CancellationToken.None));
    }

    [Fact]
    [Trait("Contract", "C9")]
    public async Task What_is_no_verb_is_not_found_and_a_verb_is_not_gotten()
    {
        await using var run = await ControlledRun.StartAsync();
        using var unknown = await run.SendAsync(HttpMethod.Post, "/shutdown");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        foreach (var verb in Verbs)
        {
            using var gotten = await run.SendAsync(HttpMethod.Get, "/" + verb);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, gotten.StatusCode);
        }
        using var posted = await run.SendAsync(HttpMethod.Post, "/status");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        Assert.Empty(run.Asked);
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "evil.example:80")]
    [InlineData("Host", "192.0.2.1")]
    [InlineData("Host", "localhost.evil.example")]
    public async Task What_a_browser_carries_for_another_site_is_refused_even_with_the_token(string header, string value)
    {
        await using var run = await ControlledRun.StartAsync();
        using var refused = await run.SendAsync(HttpMethod.Post, "/stop", request => request.Headers.Add(header, value));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Empty(run.Asked);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    public async Task Every_name_of_this_machine_may_be_used(string host)
    {
        await using var run = await ControlledRun.StartAsync();
        var name = $"{host}:{new Uri(run.Control.Address).Port}";
        using var answer = await run.SendAsync(HttpMethod.Post, "/stop", request =>
        {
            request.Headers.Host = name;
            request.Headers.Add("Origin", "http://" + name);
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["stop"], run.Asked);
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_with_a_body_is_refused(bool chunked)
    {
        await using var run = await ControlledRun.StartAsync();
        using var refused = await run.SendAsync(HttpMethod.Post, "/pause", request =>
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
            request.Headers.TransferEncodingChunked = chunked;
        });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Empty(run.Asked);
    }

    [SkippableFact]
    [Trait("Contract", "C9")]
    public void The_token_can_be_read_by_its_owner_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no file modes.");
        using var folder = new TemporaryFolder();
        ControlFile.For("http://127.0.0.1:1").Write(folder.Path);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("control.json")));
    }
}
