using System.Net;
using System.Net.Sockets;
using System.Text;
using AttnPo.Host.Control;
using Xunit;

namespace AttnPo.Host.Tests.Control;

public sealed class ControlClientTests
{
    [Fact]
    [Trait("Contract", "C9")]
    public async Task A_token_goes_to_no_other_machine()
    {
        using var folder = new TemporaryFolder();
        ControlFile.For("http://192.0.2.1:80").Write(folder.Path);
        Assert.Null(await ControlClient.StatusAsync(folder.Path, CancellationToken.None));
        Assert.Null(await ControlClient.AskAsync(folder.Path, ControlVerbs.Stop, CancellationToken.None));
    }

    [Fact]
    [Trait("Contract", "C9")]
    public async Task A_token_goes_through_no_proxy()
    {
        await using var run = await ControlledRun.StartAsync();
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy($"http://127.0.0.1:{FreePort()}");
        try
        {
            Assert.NotNull(await ControlClient.AskAsync(run.Directory, ControlVerbs.Resume, CancellationToken.None));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
        Assert.Equal(["resume"], run.Asked);
    }

    [Fact]
    public async Task A_run_that_was_killed_is_not_live()
    {
        using var folder = new TemporaryFolder();
        // A port that was free a moment ago stands for the one of a process that is gone.
        ControlFile.For($"http://127.0.0.1:{FreePort()}").Write(folder.Path);
        Assert.Null(await ControlClient.StatusAsync(folder.Path, CancellationToken.None));
        Assert.Null(await ControlClient.AskAsync(folder.Path, ControlVerbs.Pause, CancellationToken.None));
    }

    [Theory]
    [InlineData("401 Unauthorized", "")]
    [InlineData("404 Not Found", "nothing here")]
    [InlineData("200 OK", "<html>welcome</html>")]
    [InlineData("200 OK", "null")]
    [InlineData("200 OK", "{\"done\":true}")]
    [InlineData("302 Found\r\nLocation: http://192.0.2.1/", "")]
    public async Task A_server_that_took_the_port_of_a_killed_run_is_not_taken_for_it(string status, string body)
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        ControlFile.For($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}").Write(folder.Path);

        var asked = ControlClient.AskAsync(folder.Path, ControlVerbs.Pause, CancellationToken.None);
        using var connection = await listener.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));

        Assert.Null(await asked);
    }

    [Fact]
    public async Task A_run_that_cannot_answer_is_live_all_the_same()
    {
        await using var run = await ControlledRun.StartAsync();
        run.OnAsked = _ => throw new TimeoutException();
        var failure = await Assert.ThrowsAsync<WorkFailedException>(() => ControlClient.StatusAsync(run.Directory, CancellationToken.None));
        Assert.Contains("cannot answer (500)", failure.Message, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
