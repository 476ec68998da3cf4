using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using AttnPo.Host.Ledger;
using Polly;
using Polly.Retry;

namespace AttnPo.Host.Probing.Judges;

/// <summary>
/// An endpoint of chat completions as OpenAI defines them. What passes (too many requests, faults of the server or the network, silence) is
/// tried again, later each time or when the server says; what does not ends the work. Redirects are not followed: the key goes to the
/// address that was given and to no other.
/// </summary>
internal sealed class JudgeEndpoint : IDisposable
{
    /// <summary>
    /// Characters that a key has at least. No key that guards anything has fewer, and to take a word like "none" out of answers, as is done
    /// with the key, would change them.
    /// </summary>
    public const int ShortestKey = 8;

    private const int ShownCharacters = 300;

    private readonly JudgeSettings _settings;
    private readonly string? _key;
    private readonly Uri _address;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline<Exchange> _pipeline;

    /// <summary>Opens no connection yet.</summary>
    /// <param name="settings">Where and how.</param>
    /// <param name="key">Is sent as a bearer token; null: none is.</param>
    /// <param name="notices">Is told of each wait.</param>
    /// <exception cref="ArgumentException">The key is shorter than <see cref="ShortestKey"/>.</exception>
    public JudgeEndpoint(JudgeSettings settings, string? key, TextWriter notices)
    {
        if (key is { Length: < ShortestKey }) throw new ArgumentException($"A key has at least {ShortestKey} characters.", nameof(key));
        (_settings, _key) = (settings, key);
        _address = new(settings.Endpoint.AbsoluteUri.TrimEnd('/') + "/chat/completions");
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !_address.IsLoopback,
            MaxConnectionsPerServer = settings.Parallel,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _pipeline = new ResiliencePipelineBuilder<Exchange>().AddRetry(new RetryStrategyOptions<Exchange>
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { Reply: null }),
            MaxRetryAttempts = settings.Repetitions,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = settings.FirstWait,
            MaxDelay = settings.LongestWait,
            DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.Wait),
            OnRetry = arguments =>
            {
                notices.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{_address.Authority}: {arguments.Outcome.Result?.Fault}; again in {arguments.RetryDelay.TotalSeconds:0.#} s"));
                return default;
            },
        }).Build();
    }

    /// <summary>One answer.</summary>
    /// <exception cref="WorkFailedException">The endpoint refuses, or what passes did not pass.</exception>
    public async Task<JudgeReply> AskAsync(JudgeRequest request, CancellationToken cancellation)
    {
        var exchange = await _pipeline.ExecuteAsync(async token => await SendAsync(request, token), cancellation);
        return exchange.Reply ?? throw new WorkFailedException(
            $"{_address}: {exchange.Fault}, {_settings.Repetitions + 1} times in a row; the same command goes on where this one stopped");
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<Exchange> SendAsync(JudgeRequest request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_settings.Timeout);
        try
        {
            using var content = new ByteArrayContent(request.Body);
            content.Headers.ContentType = new("application/json");
            using var message = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
            using var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var body = await ChatCompletion.ReadAsync(answer.Content, limit.Token);
            if (answer.IsSuccessStatusCode)
                return ChatCompletion.Parse(body, Redacted, out var fault) is { } reply ? new(reply) : new(null, fault);
            var said = $"answers with {(int)answer.StatusCode}{Said(body)}";
            return answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError
                ? new(null, said, WaitOf(answer.Headers.RetryAfter)) : throw Refusal(answer.StatusCode, said);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(null, string.Create(CultureInfo.InvariantCulture, $"does not answer within {_settings.Timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(null, $"cannot be reached: {Shown(e.Message)}");
        }
    }

    private WorkFailedException Refusal(HttpStatusCode status, string said) => new(
        $"{_address}: {said}; " + status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => _key is null
                ? $"it wants a key: put it into the environment variable {_settings.KeyVariable}"
                : $"it refuses the key in the environment variable {_settings.KeyVariable}",
            HttpStatusCode.NotFound => "check --judge-url, which ends before /chat/completions (often in /v1), and --judge-model",
            < HttpStatusCode.BadRequest => "redirects are not followed: give the address that it leads to with --judge-url",
            _ => $"parameters that it does not know ({string.Join(", ", JudgeRequest.Parameters)}) are left out with --judge-omit",
        });

    private TimeSpan? WaitOf(RetryConditionHeaderValue? header)
    {
        var asked = header?.Delta ?? header?.Date - DateTimeOffset.UtcNow;
        return asked is not { } wait ? null
            : wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > _settings.LongestWait ? _settings.LongestWait : wait;
    }

    private string Said(byte[]? body) => ChatCompletion.Message(body) is { Length: > 0 } message ? $" ({Shown(message)})" : "";

    private string Shown(string text) =>
        TerminalText.Excerpt(string.Join(' ', Redacted(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), ShownCharacters);

    // A server may send back what it was sent.
    private string Redacted(string text) =>
        _key is not null ? text.Replace(_key, "[key]", StringComparison.Ordinal) : text;

    /// <summary>One request and what came of it: a reply, or a fault that may pass, and how long to wait where the server says so.</summary>
    private sealed record Exchange(JudgeReply? Reply, string? Fault = null, TimeSpan? Wait = null);
}
