using System.Globalization;
using System.Runtime.CompilerServices;
using AttnPo.Core.Data;
using AttnPo.Host.Progress;

namespace AttnPo.Host.Probing.Judges;

/// <summary>
/// Labels of language models that read the responses: each model labels all steps of a response in one answer, and the models vote on each
/// step. An answer that cannot be read strictly is asked for again with another seed; after <see cref="JudgeSettings.Attempts"/> the model
/// has no label to give. Every answer is kept, so the same command asks for none twice.
/// </summary>
internal sealed class JudgeLabels : ILabelSource, IDisposable
{
    private readonly JudgeSettings _settings;
    private readonly JudgeEndpoint _endpoint;
    private readonly JudgementCache _cache;
    private readonly TextWriter _notices;

    // A response is the object, not its content: two rows may hold the same.
    private readonly ConditionalWeakTable<LabelledResponse, IReadOnlyList<StepLabel?>[]> _votes = [];
    private int _requests;
    private long _tokensIn, _tokensOut;

    /// <summary>Opens the folder's answers; sends nothing.</summary>
    /// <param name="settings">Which judges, and how.</param>
    /// <param name="key">Is sent to the endpoint and put nowhere else; null: none is.</param>
    /// <param name="folder">Where <see cref="JudgementCache.FileName"/> is.</param>
    /// <param name="notices">Is told the estimate, each wait, and what came of it.</param>
    public JudgeLabels(JudgeSettings settings, string? key, string folder, TextWriter notices)
    {
        (_settings, _notices) = (settings, TextWriter.Synchronized(notices));
        _cache = new(folder, _notices);
        _endpoint = new(settings, key, _notices);
    }

    /// <inheritdoc/>
    public string Name => "judge";

    /// <summary>For each model, in the order of the settings, its labels of a response's steps; null before the response is labelled.</summary>
    public IReadOnlyList<IReadOnlyList<StepLabel?>>? VotesOf(LabelledResponse response) => _votes.TryGetValue(response, out var votes) ? votes : null;

    /// <summary>What labelling these responses will cost, in a line.</summary>
    public string Estimate(IReadOnlyList<LabelledResponse> responses) => Estimate(new Docket(responses, _settings.Models)).Text(_settings.Price);

    /// <inheritdoc/>
    /// <exception cref="WorkFailedException">The endpoint refuses, or more requests are needed than are allowed.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<StepLabel?>>> LabelAsync(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation)
    {
        var docket = new Docket(responses, _settings.Models);
        var estimate = Estimate(docket);
        _notices.WriteLine(estimate.Text(_settings.Price));
        if (estimate.Requests > _settings.MaxRequests)
            throw new WorkFailedException(
                $"the judges need {estimate.Requests} requests, and {_settings.MaxRequests} are allowed; allow more with --judge-max-requests");
        // The bar is drawn by a thread that waits; the requests need none.
        await Task.Run(
            () => CountedProgress.Run(
                "judgements", docket.Judgements.Count, advance => JudgeAllAsync(docket.Judgements, advance, cancellation).GetAwaiter().GetResult()),
            cancellation);
        foreach (var response in responses) _votes.AddOrUpdate(response, [.. docket.Of(response).Select(judgement => judgement.Labels)]);
        IReadOnlyList<IReadOnlyList<StepLabel?>> labels = [.. responses.Select(Voted)];
        _notices.WriteLine(Report(docket.Judgements, estimate, labels));
        return labels;
    }

    /// <inheritdoc/>
    public IReadOnlyList<LabelSet> Parts(IReadOnlyList<LabelledResponse> responses) => _settings.Models.Count < 2 ? [] :
    [
        .. _settings.Models.Select((model, i) => new LabelSet($"{Name} {model}", [.. responses.Select(response =>
            (VotesOf(response) ?? throw new InvalidOperationException($"The response {response.Id} was not labelled."))[i])])),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        _endpoint.Dispose();
        _cache.Dispose();
    }

    private Task JudgeAllAsync(IReadOnlyCollection<Judgement> judgements, Action advance, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            judgements, new ParallelOptions { MaxDegreeOfParallelism = _settings.Parallel, CancellationToken = cancellation },
            async (judgement, token) =>
            {
                for (var attempt = 0; attempt < JudgeSettings.Attempts && !judgement.IsUsable; attempt++)
                {
                    var request = judgement.Request(_settings, attempt);
                    judgement.Read(_cache.Find(request) ?? await SendAsync(request, judgement.ResponseId, token));
                }
                advance();
            });

    private async Task<JudgeReply> SendAsync(JudgeRequest request, string response, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _requests) > _settings.MaxRequests)
            throw new WorkFailedException(
                $"the judges were asked {_settings.MaxRequests} times, as often as is allowed; their answers are kept: "
                + "go on with a larger --judge-max-requests");
        var reply = await _endpoint.AskAsync(request, cancellation);
        _cache.Add(request, response, reply);
        Interlocked.Add(ref _tokensIn, reply.TokensIn);
        Interlocked.Add(ref _tokensOut, reply.TokensOut);
        return reply;
    }

    private JudgeEstimate Estimate(Docket docket)
    {
        var asked = docket.Judgements.Where(judgement => !IsKept(judgement)).ToArray();
        return new(
            docket.Judgements.Count, docket.Judgements.Count - asked.Length, asked.Sum(judgement => JudgeEstimate.In(judgement.Prompt)),
            asked.Sum(judgement => JudgeEstimate.Out(judgement.Steps)));
    }

    private bool IsKept(Judgement judgement)
    {
        for (var attempt = 0; attempt < JudgeSettings.Attempts; attempt++)
        {
            if (_cache.Find(judgement.Request(_settings, attempt)) is not { } reply) return false;
            if (JudgeAnswer.Read(reply.Text, judgement.Steps) is not null) return true;
        }
        return true;
    }

    private IReadOnlyList<StepLabel?> Voted(LabelledResponse response)
    {
        var votes = VotesOf(response)!;
        return [.. Enumerable.Range(0, response.Steps.Count).Select(step => JudgeVote.Of([.. votes.Select(labels => labels[step])], _settings.Voting))];
    }

    private string Report(IReadOnlyCollection<Judgement> judgements, JudgeEstimate estimate, IReadOnlyList<IReadOnlyList<StepLabel?>> labels)
    {
        var cost = _settings.Price is { } price
            ? string.Create(CultureInfo.InvariantCulture, $", cost {JudgeEstimate.Cost(_tokensIn, _tokensOut, price):0.00##}") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"judge: {judgements.Count} judgements, {estimate.Kept} of them kept from before; {_requests} requests, {_tokensIn} tokens in and"
            + $" {_tokensOut} out as the endpoint counts{cost}; {judgements.Count(judgement => !judgement.IsUsable)} judgements without a usable answer,"
            + $" {labels.Sum(steps => steps.Count(label => label is null))} of {labels.Sum(steps => steps.Count)} steps without a label");
    }
}
