using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AttnPo.Host.Control;

/// <summary>The run's own small server: loopback alone, a port the system chooses, a token that control.json holds.</summary>
internal sealed class ControlEndpoint : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly string _runDirectory;

    private ControlEndpoint(WebApplication server, string runDirectory) => (_server, _runDirectory) = (server, runDirectory);

    /// <summary>Starts it; <paramref name="writeStatus"/> answers GET /status with the members of a JSON object.</summary>
    public static async Task<ControlEndpoint> StartAsync(string runDirectory, Func<CancellationToken, Task<Action<Utf8JsonWriter>>> writeStatus)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "attnpo" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 16;
        });
        builder.Services.AddRouting();
        builder.Logging.ClearProviders();
        var server = builder.Build();

        ControlFile? control = null;
        server.Use((context, next) =>
        {
            // A request can come before the token exists, from whoever tries ports.
            if (control is not null && Holds(context.Request.Headers.Authorization.ToString(), control.Token)) return next(context);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        server.MapGet("/status", async context =>
        {
            var members = await writeStatus(context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Rows.RowWriter.Line(members), context.RequestAborted);
        });

        await server.StartAsync();
        control = ControlFile.For(server.Urls.Single());
        control.Write(runDirectory);
        return new ControlEndpoint(server, runDirectory);
    }

    /// <summary>Stops listening and removes control.json.</summary>
    public async ValueTask DisposeAsync()
    {
        ControlFile.Delete(_runDirectory);
        await _server.DisposeAsync();
    }

    // Constant time: the answer's delay says nothing of how much of a guess was right.
    private static bool Holds(string header, string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes("Bearer " + token));
}
