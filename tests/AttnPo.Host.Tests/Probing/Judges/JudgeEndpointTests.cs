using System.Net;
using System.Net.Sockets;
using AttnPo.Host.Probing.Judges;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AttnPo.Host.Tests.Probing.Judges;

public sealed class JudgeEndpointTests
{
    private readonly StringWriter _notices = new();

    [Fact]
    public async Task Too_many_requests_wait_as_long_as_the_server_says()
    {
        await using var server = await JudgeServer.StartAsync((call, response) =>
        {
            if (call.Number > 0) return JudgeServer.SayAsync(response, "fine");
            response.Headers.RetryAfter = "1";
            return JudgeServer.SendAsync(response, 429, """{"error":{"message":"slow down"}}""");
        });
        Assert.Equal("fine", (await AskAsync(Settings(server))).Text);
        Assert.Equal(2, server.Calls.Count);
        Assert.Contains("answers with 429 (slow down); again in 1 s", _notices.ToString());
    }

    [Fact]
    public async Task A_server_cannot_make_it_wait_for_ever()
    {
        await using var server = await JudgeServer.StartAsync((call, response) =>
        {
            if (call.Number > 0) return JudgeServer.SayAsync(response, "fine");
            response.Headers.RetryAfter = "86400";
            return JudgeServer.SendAsync(response, 503, "");
        });
        Assert.Equal("fine", (await AskAsync(Settings(server) with { LongestWait = TimeSpan.FromMilliseconds(20) })).Text);
    }

    [Theory]
    [InlineData(500, "oops")]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(408, "")]
    [InlineData(200, "<html>welcome</html>")]
    [InlineData(200, """{"choices":[]}""")]
    [InlineData(200, """{"error":"busy"}""")]
    [InlineData(200, """{"choices":[{"message":{"content":"\ud800"}}]}""")]
    public async Task What_passes_is_tried_again(int status, string body)
    {
        await using var server = await JudgeServer.StartAsync((call, response) =>
            call.Number == 0 ? JudgeServer.SendAsync(response, status, body) : JudgeServer.SayAsync(response, "fine"));
        Assert.Equal("fine", (await AskAsync(Settings(server))).Text);
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task What_does_not_pass_ends_the_work_after_some_tries()
    {
        await using var server = await JudgeServer.StartAsync((_, response) => JudgeServer.SendAsync(response, 500, "out of\nmemory"));
        var failed = await Assert.ThrowsAsync<WorkFailedException>(() => AskAsync(Settings(server) with { Repetitions = 2 }));
        Assert.Equal(3, server.Calls.Count);
        Assert.Contains("answers with 500 (out of memory), 3 times in a row", failed.Message);
        Assert.DoesNotContain('\n', failed.Message);
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Unsupported parameter: 'max_tokens'"}}""", "Unsupported parameter: 'max_tokens'", "--judge-omit")]
    [InlineData(401, """{"error":{"message":"no"}}""", "no", "ATTNPO_JUDGE_KEY")]
    [InlineData(404, """{"detail":"Not Found"}""", "Not Found", "--judge-url")]
    [InlineData(413, "too large", "too large", "413")]
    [InlineData(307, "", "307", "redirects are not followed")]
    public async Task A_refusal_ends_the_work_at_once_with_what_the_server_says(int status, string body, string said, string remedy)
    {
        await using var server = await JudgeServer.StartAsync((_, response) =>
        {
            if (status == 307) response.Headers.Location = "/elsewhere";
            return JudgeServer.SendAsync(response, status, body);
        });
        var failed = await Assert.ThrowsAsync<WorkFailedException>(() => AskAsync(Settings(server)));
        Assert.Single(server.Calls);
        Assert.Contains(said, failed.Message);
        Assert.Contains(remedy, failed.Message);
        Assert.Empty(server.Elsewhere);
    }

    [Fact]
    public async Task What_a_server_says_is_shortened_and_harmless()
    {
        await using var server = await JudgeServer.StartAsync((_, response) => JudgeServer.SendAsync(response, 400, "\u001b[2J" + new string('x', 100_000)));
        var failed = await Assert.ThrowsAsync<WorkFailedException>(() => AskAsync(Settings(server)));
        Assert.True(failed.Message.Length < 1000, failed.Message);
        Assert.DoesNotContain('\u001b', failed.Message);
    }

    [Fact]
    public async Task Silence_is_a_fault_that_may_pass()
    {
        await using var server = await JudgeServer.StartAsync(async (call, response) =>
        {
            if (call.Number == 0) await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted).ContinueWith(_ => { });
            else await JudgeServer.SayAsync(response, "fine");
        });
        Assert.Equal("fine", (await AskAsync(Settings(server) with { Timeout = TimeSpan.FromMilliseconds(500) })).Text);
        Assert.Contains("does not answer within 0.5 s", _notices.ToString());
    }

    [Fact]
    public async Task A_body_that_never_ends_is_a_fault_too()
    {
        await using var server = await JudgeServer.StartAsync(async (call, response) =>
        {
            if (call.Number > 0)
            {
                await JudgeServer.SayAsync(response, "fine");
                return;
            }
            await response.WriteAsync("{\"choices\":");
            await response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted).ContinueWith(_ => { });
        });
        Assert.Equal("fine", (await AskAsync(Settings(server) with { Timeout = TimeSpan.FromMilliseconds(500) })).Text);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var settings = new JudgeSettings
        {
            Endpoint = new($"http://127.0.0.1:{port}/v1"),
            Models = ["m"],
            Repetitions = 1,
            FirstWait = TimeSpan.FromMilliseconds(1),
        };
        var failed = await Assert.ThrowsAsync<WorkFailedException>(() => AskAsync(settings));
        Assert.Contains($"http://127.0.0.1:{port}/v1/chat/completions: cannot be reached", failed.Message);
    }

    [Theory]
    [InlineData("3000000000", 3_000_000_000)]
    [InlineData("9000000000000000000", 0)]
    [InlineData("-1", 0)]
    [InlineData("1e99", 0)]
    public async Task What_cannot_be_a_count_of_tokens_counts_nothing(string counted, long tokens)
    {
        await using var server = await JudgeServer.StartAsync((_, response) => JudgeServer.SendAsync(
            response, 200, "{\"choices\":[{\"message\":{\"content\":\"fine\"}}],\"usage\":{\"prompt_tokens\":" + counted + "}}"));
        Assert.Equal(tokens, (await AskAsync(Settings(server))).TokensIn);
    }

    [Fact]
    public async Task The_shortest_key_there_is_goes_to_no_message()
    {
        var key = new string('k', JudgeEndpoint.ShortestKey);
        await using var server = await JudgeServer.StartAsync((call, response) => JudgeServer.SendAsync(response, 401, call.Authorization, "text/plain"));
        using var endpoint = new JudgeEndpoint(Settings(server), key, _notices);
        var refused = await Assert.ThrowsAsync<WorkFailedException>(
            () => endpoint.AskAsync(JudgeRequest.Of("m", "?", Settings(server), 0), CancellationToken.None));
        Assert.DoesNotContain(key, refused.Message);
        Assert.Contains("[key]", refused.Message);
        Assert.Throws<ArgumentException>(() => new JudgeEndpoint(Settings(server), key[1..], _notices));
    }

    [Fact]
    public async Task Parameters_that_an_endpoint_does_not_know_are_left_out()
    {
        await using var server = await JudgeServer.SayingAsync(_ => "fine");
        await AskAsync(Settings(server) with { Omitted = ["seed", "temperature"] });
        Assert.False(server.Calls[0].Has("seed"));
        Assert.False(server.Calls[0].Has("temperature"));
        Assert.True(server.Calls[0].Has("max_tokens"));
    }

    private async Task<JudgeReply> AskAsync(JudgeSettings settings)
    {
        using var endpoint = new JudgeEndpoint(settings, null, _notices);
        return await endpoint.AskAsync(JudgeRequest.Of("m", "?", settings, 0), CancellationToken.None);
    }

    private static JudgeSettings Settings(JudgeServer server) =>
        new() { Endpoint = server.Address, Models = ["m"], FirstWait = TimeSpan.FromMilliseconds(1) };
}
