using System.Net;
using System.Net.Http.Headers;
using AttnPo.Host.Control;
using Xunit;

namespace AttnPo.Host.Tests.Control;

public sealed class ControlEndpointTests
{
    [Fact]
    [Trait("Contract", "C9")]
    public async Task The_endpoint_listens_on_loopback_and_answers_only_whoever_holds_the_token()
    {
        using var folder = new TemporaryFolder();
        await using (await ControlEndpoint.StartAsync(folder.Path, _ => Task.FromResult<Action<System.Text.Json.Utf8JsonWriter>>(json => json.WriteNumber("step", 3))))
        {
            Assert.Equal("{\"step\":3}", await ControlClient.StatusAsync(folder.Path, CancellationToken.None));

            var control = ControlFile.Read(folder.Path)!;
            Assert.StartsWith("http://127.0.0.1:", control.Address, StringComparison.Ordinal);
            using var client = new HttpClient();
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(control.Address + "/status"))).StatusCode);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", new string('0', control.Token.Length));
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(control.Address + "/status"))).StatusCode);
        }

        Assert.False(File.Exists(folder.File("control.json")));
        Assert.Null(await ControlClient.StatusAsync(folder.Path, CancellationToken.None));
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

    [Fact]
    [Trait("Contract", "C9")]
    public async Task A_token_goes_to_no_other_machine()
    {
        using var folder = new TemporaryFolder();
        ControlFile.For("http://192.0.2.1:80").Write(folder.Path);
        Assert.Null(await ControlClient.StatusAsync(folder.Path, CancellationToken.None));
    }

    [Fact]
    public async Task A_run_that_was_killed_is_not_live()
    {
        using var folder = new TemporaryFolder();
        // A port that was free a moment ago stands for the one of a process that is gone.
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        ControlFile.For($"http://127.0.0.1:{port}").Write(folder.Path);
        Assert.Null(await ControlClient.StatusAsync(folder.Path, CancellationToken.None));
    }
}
