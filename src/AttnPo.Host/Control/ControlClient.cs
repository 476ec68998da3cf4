using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Control;

/// <summary>Asks a live run.</summary>
internal static class ControlClient
{
    // The run answers sooner, if only that it cannot.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PatienceForWriting = TimeSpan.FromMinutes(11);

    /// <summary>The JSON a run answers GET /status with; null where none is live in the directory.</summary>
    public static Task<string?> StatusAsync(string runDirectory, CancellationToken cancellation) => SendAsync(
        runDirectory, HttpMethod.Get, "status", Patience,
        async answer =>
        {
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            using var _ = JsonDocument.Parse(text);
            return text;
        },
        cancellation);

    /// <summary>What a run answers to one of <see cref="ControlVerbs"/>; null where none is live in the directory.</summary>
    public static Task<RunReply?> AskAsync(string runDirectory, string verb, CancellationToken cancellation) => SendAsync(
        runDirectory, HttpMethod.Post, verb, verb == ControlVerbs.Checkpoint ? PatienceForWriting : Patience,
        async answer => await answer.Content.ReadFromJsonAsync<RunReply>(ControlJson.Options, cancellation)
            ?? throw new JsonException("null is no answer"),
        cancellation);

    private static async Task<T?> SendAsync<T>(
        string runDirectory, HttpMethod method, string path, TimeSpan patience, Func<HttpResponseMessage, Task<T>> read,
        CancellationToken cancellation)
        where T : class
    {
        if (ControlFile.Read(runDirectory) is not { } control) return null;
        // The file may be a leftover of a killed run and its port another's by now: the token goes to loopback alone.
        if (!Uri.TryCreate(control.Address, UriKind.Absolute, out var address) || !address.IsLoopback) return null;
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", control.Token);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri("/" + path, UriKind.Relative));
            using var answer = await client.SendAsync(request, cancellation);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError)
                throw new WorkFailedException(
                    $"{runDirectory}: the run at {control.Address} cannot answer ({(int)answer.StatusCode}); see its log/");
            return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict ? await read(answer) : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WorkFailedException(
                $"{runDirectory}: the run at {control.Address} does not answer within {patience.TotalSeconds:0} s; see its log/");
        }
    }
}
