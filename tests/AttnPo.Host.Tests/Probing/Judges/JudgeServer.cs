using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AttnPo.Host.Tests.Probing.Judges;

/// <summary>A real endpoint on a free port of this machine that answers as it is told.</summary>
internal sealed class JudgeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private JudgeServer(Func<JudgeCall, HttpResponse, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/chat/completions", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            JudgeCall call;
            lock (Calls) Calls.Add(call = new(Calls.Count, body, context.Request.Headers.Authorization.ToString()));
            await answer(call, context.Response);
        });
        _app.MapFallback((HttpContext context) =>
        {
            Elsewhere.Add(context.Request.Path);
            return Results.NotFound();
        });
    }

    /// <summary>What was asked, in the order in which it came.</summary>
    public List<JudgeCall> Calls { get; } = [];

    /// <summary>Paths asked for that are none of the endpoint's.</summary>
    public ConcurrentBag<string> Elsewhere { get; } = [];

    public Uri Address => new(_app.Urls.First() + "/v1");

    public static async Task<JudgeServer> StartAsync(Func<JudgeCall, HttpResponse, Task> answer)
    {
        var server = new JudgeServer(answer);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>One that always writes the same, or what the call asks for.</summary>
    public static Task<JudgeServer> SayingAsync(Func<JudgeCall, string> text) => StartAsync((call, response) => SayAsync(response, text(call)));

    /// <summary>A chat completion.</summary>
    public static Task SayAsync(HttpResponse response, string text) => SendAsync(response, 200, JsonSerializer.Serialize(new
    {
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop" } },
        usage = new { prompt_tokens = 100, completion_tokens = 10 },
    }));

    public static async Task SendAsync(HttpResponse response, int status, string body, string type = "application/json")
    {
        response.StatusCode = status;
        response.ContentType = type;
        await response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>A request as the endpoint got it.</summary>
internal sealed record JudgeCall(int Number, string Body, string Authorization)
{
    private JsonElement Root => JsonDocument.Parse(Body).RootElement;

    public string Model => Root.GetProperty("model").GetString()!;

    public int Seed => Root.GetProperty("seed").GetInt32();

    public string Prompt => Root.GetProperty("messages")[0].GetProperty("content").GetString()!;

    public bool Has(string parameter) => Root.TryGetProperty(parameter, out _);
}
