using Microsoft.Extensions.Hosting;

namespace AttnPo.Host.Control;

/// <summary>
/// Keeps the endpoint's server away from signals, which are the process's own affair: the usual lifetime of a server takes each
/// SIGINT and SIGTERM for itself, and the second one would no longer end the process.
/// </summary>
internal sealed class SignalsLeftAlone : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
