using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Control;

/// <summary>
/// The run's own small server: loopback alone, a port the system chooses, a token that control.json holds. GET /status says what the
/// run is doing; POST with a verb of <see cref="ControlVerbs"/> asks something of it and is answered {"done","message"}, with 409 where
/// the run refuses.
/// </summary>
internal sealed class ControlEndpoint : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly string _runDirectory;

    private ControlEndpoint(WebApplication server, string runDirectory) => (_server, _runDirectory) = (server, runDirectory);

    /// <summary>Starts it for a run that is under way.</summary>
    public static async Task<ControlEndpoint> StartAsync(string runDirectory, RunControls run)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "attnpo" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 16;
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, SignalsLeftAlone>();
        builder.Logging.ClearProviders();
        var server = builder.Build();

        ControlFile? control = null;
        server.Use((context, next) =>
        {
            // A request can come before the token exists, from whoever tries ports.
            var refusal = Refusal(context.Request, control?.Token);
            if (refusal is null) return next(context);
            context.Response.StatusCode = refusal.Value;
            return Task.CompletedTask;
        });
        server.MapGet("/status", async context =>
        {
            var members = await run.Status(context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Rows.RowWriter.Line(members), context.RequestAborted);
        });
        Map(ControlVerbs.Pause, run.Pause);
        Map(ControlVerbs.Resume, run.Resume);
        Map(ControlVerbs.Stop, run.Stop);
        Map(ControlVerbs.Checkpoint, run.Checkpoint);

        await server.StartAsync();
        control = ControlFile.For(server.Urls.Single());
        control.Write(runDirectory);
        return new ControlEndpoint(server, runDirectory);

        void Map(string verb, Func<CancellationToken, Task<RunReply>> ask) => server.MapPost("/" + verb, async context =>
        {
            var reply = await ask(context.RequestAborted);
            context.Response.StatusCode = reply.Done ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
            await context.Response.WriteAsJsonAsync(reply, ControlJson.Options, context.RequestAborted);
        });
    }

    /// <summary>Stops listening and removes control.json.</summary>
    public async ValueTask DisposeAsync()
    {
        ControlFile.Delete(_runDirectory);
        await _server.DisposeAsync();
    }

    private static int? Refusal(HttpRequest request, string? token)
    {
        if (!IsLocal(request)) return StatusCodes.Status403Forbidden;
        if (token is null || !Holds(request.Headers.Authorization.ToString(), token)) return StatusCodes.Status401Unauthorized;
        var hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        return hasBody ? StatusCodes.Status413PayloadTooLarge : null;
    }

    // A browser on this machine may carry another site's wishes: that site's name then stands in Origin, or, where the site lets its
    // name point to this machine, in Host.
    private static bool IsLocal(HttpRequest request)
    {
        var host = request.Host.Host;
        var named = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return named && (request.Headers.Origin.Count == 0 || request.Headers.Origin == $"http://{request.Host}");
    }

    // Constant time: the answer's delay says nothing of how much of a guess was right.
    private static bool Holds(string header, string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes("Bearer " + token));
}
