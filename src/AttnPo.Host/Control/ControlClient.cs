using System.Net.Http.Headers;

namespace AttnPo.Host.Control;

/// <summary>Asks a live run.</summary>
internal static class ControlClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The JSON a run answers GET /status with; null where none is live in the directory.</summary>
    public static async Task<string?> StatusAsync(string runDirectory, CancellationToken cancellation)
    {
        if (ControlFile.Read(runDirectory) is not { } control) return null;
        // The file may be a leftover of a killed run and its port another's by now: the token goes to loopback alone.
        if (!Uri.TryCreate(control.Address, UriKind.Absolute, out var address) || !address.IsLoopback) return null;
        using var client = new HttpClient { BaseAddress = address, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", control.Token);
        try
        {
            using var answer = await client.GetAsync(new Uri("/status", UriKind.Relative), cancellation);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancellation) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WorkFailedException($"{runDirectory}: the run at {control.Address} does not answer within {Patience.TotalSeconds:0} s; see its log/");
        }
    }
}
