using AttnPo.Host.Probing;
using AttnPo.Host.Probing.Judges;
using Xunit;

namespace AttnPo.Host.Tests.Probing.Judges;

public sealed class JudgeLabelsTests : IDisposable
{
    private const string Good = """{"1":"essential","2":"redundant"}""";

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _notices = new();

    private static LabelledResponse Response(string id = "a") =>
        MadeResponse.OfText(id, "What is 1 + 1?", $"\\boxed{{2}} {id}", "First, 1 + 1 is 2.\n", "Wait, 1 + 1 is 2.\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_judge_labels_the_steps()
    {
        await using var server = await JudgeServer.SayingAsync(_ => Good);
        Assert.Equal(["er"], await LabelAsync(Settings(server), Response()));
        var call = Assert.Single(server.Calls);
        Assert.Equal("judge-a", call.Model);
        Assert.Contains("First, 1 + 1 is 2.", call.Prompt);
        Assert.Equal("", call.Authorization);
        Assert.Contains("1 requests, 100 tokens in and 10 out", _notices.ToString());
    }

    [Fact]
    public async Task The_key_is_sent_and_stands_nowhere_else()
    {
        const string Key = "sk-secret-0123456789";
        // The server sends back what it got, in an error first and then in an answer.
        await using var server = await JudgeServer.StartAsync((call, response) => call.Number switch
        {
            0 => JudgeServer.SendAsync(response, 503, "{\"error\":{\"message\":\"not now, " + call.Authorization + "\"}}"),
            1 => JudgeServer.SayAsync(response, $"You sent {call.Authorization}. {Good}"),
            _ => JudgeServer.SendAsync(response, 401, call.Authorization, "text/plain"),
        });
        Assert.Equal(["er"], await LabelAsync(Settings(server), Key, Response()));
        var refused = await Assert.ThrowsAsync<WorkFailedException>(() => LabelAsync(Settings(server), Key, Response("b")));
        Assert.All(server.Calls, call => Assert.Equal("Bearer " + Key, call.Authorization));
        Assert.DoesNotContain(Key, refused.Message);
        Assert.Contains("[key]", refused.Message);
        Assert.DoesNotContain(Key, _notices.ToString());
        Assert.Contains("[key]", _notices.ToString());
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Key, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_kept_answer_costs_no_request()
    {
        await using var server = await JudgeServer.SayingAsync(_ => Good);
        Assert.Equal(["er"], await LabelAsync(Settings(server), Response()));
        Assert.Equal(["er", "er"], await LabelAsync(Settings(server), Response(), Response("b")));
        Assert.Equal(2, server.Calls.Count);
        // Another question to the same judge is another request.
        Assert.Equal(["er"], await LabelAsync(Settings(server) with { MaxTokens = 100 }, Response()));
        Assert.Equal(3, server.Calls.Count);
    }

    [Fact]
    public async Task Responses_that_read_the_same_are_judged_once()
    {
        await using var server = await JudgeServer.SayingAsync(_ => Good);
        Assert.Equal(["er", "er"], await LabelAsync(Settings(server) with { Parallel = 4 }, Response(), Response()));
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task An_interrupted_command_goes_on_where_it_was()
    {
        using var interruption = new CancellationTokenSource();
        await using var server = await JudgeServer.StartAsync(async (call, response) =>
        {
            if (call.Number == 2) await interruption.CancelAsync();
            if (call.Number == 2) await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted).ContinueWith(_ => { });
            else await JudgeServer.SayAsync(response, Good);
        });
        LabelledResponse[] responses = [Response("a"), Response("b"), Response("c"), Response("d")];
        var settings = Settings(server) with { Parallel = 1 };
        using (var labels = new JudgeLabels(settings, null, _folder.Path, _notices))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => labels.LabelAsync(responses, interruption.Token));
        // As a kill in the middle of a line leaves it.
        await File.AppendAllTextAsync(_folder.File(JudgementCache.FileName), "{\"key\":\"01");
        Assert.Equal(["er", "er", "er", "er"], await LabelAsync(settings, responses));
        Assert.Equal(5, server.Calls.Count);
        Assert.Contains("4 judgements, 2 kept from before, 2 requests to send", _notices.ToString());
        Assert.Equal(4, (await File.ReadAllLinesAsync(_folder.File(JudgementCache.FileName))).Length);
    }

    [Theory]
    [InlineData("I cannot do that.")]
    [InlineData("""{"1":"essential"}""")]
    [InlineData("""{"1":"essential","2":"redundant","3":"redundant"}""")]
    public async Task What_cannot_be_read_is_asked_for_again_with_another_seed(string garbage)
    {
        await using var server = await JudgeServer.SayingAsync(call => call.Seed < 2 ? garbage : Good);
        Assert.Equal(["er"], await LabelAsync(Settings(server), Response()));
        Assert.Equal([0, 1, 2], server.Calls.Select(call => call.Seed));
        Assert.Contains("0 judgements without a usable answer", _notices.ToString());
    }

    [Fact]
    public async Task A_judge_that_never_makes_sense_has_no_label_and_that_is_reported()
    {
        await using var server = await JudgeServer.SayingAsync(call => call.Prompt.Contains("boxed{2} a") ? "?" : Good);
        Assert.Equal(["--", "er"], await LabelAsync(Settings(server), Response("a"), Response("b")));
        Assert.Equal(JudgeSettings.Attempts + 1, server.Calls.Count);
        Assert.Contains("1 judgements without a usable answer, 2 of 4 steps without a label", _notices.ToString());
        // Nor is it asked again.
        Assert.Equal(["--", "er"], await LabelAsync(Settings(server), Response("a"), Response("b")));
        Assert.Equal(JudgeSettings.Attempts + 1, server.Calls.Count);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_not_held()
    {
        await using var server = await JudgeServer.SayingAsync(call => (call.Seed == 0 ? new string(' ', 3 << 20) : "") + Good);
        Assert.Equal(["er"], await LabelAsync(Settings(server), Response()));
        Assert.Equal(2, server.Calls.Count);
        Assert.True(new FileInfo(_folder.File(JudgementCache.FileName)).Length < 10_000);
    }

    [Theory]
    [InlineData("Majority", "er-")]
    [InlineData("Consensus", "e--")]
    public async Task Several_judges_vote(string voting, string expected)
    {
        await using var server = await JudgeServer.SayingAsync(call => call.Model switch
        {
            "judge-a" => """{"1":"essential","2":"redundant","3":"redundant"}""",
            "judge-b" => """{"1":"essential","2":"redundant","3":"essential"}""",
            "judge-c" => """{"1":"essential","2":"redundant","3":"essential"}""",
            _ => """{"1":"essential","2":"essential","3":"redundant"}""",
        });
        var response = MadeResponse.OfText("a", "?", "!", "one", "two", "three");
        using var labels = new JudgeLabels(
            Settings(server) with { Models = ["judge-a", "judge-b", "judge-c", "judge-d"], Voting = Enum.Parse<JudgeVoting>(voting) },
            null, _folder.Path, _notices);
        Assert.Equal(expected, MadeResponse.Letters((await labels.LabelAsync([response], CancellationToken.None))[0]));
        Assert.Equal(["err", "ere", "ere", "eer"], labels.VotesOf(response)!.Select(MadeResponse.Letters));
        var parts = labels.Parts([response]);
        Assert.Equal(["judge judge-a", "judge judge-b", "judge judge-c", "judge judge-d"], parts.Select(part => part.Source));
        Assert.Equal(["err", "ere", "ere", "eer"], parts.Select(part => MadeResponse.Letters(part.Labels[0])));
    }

    [Fact]
    public async Task The_agreement_of_every_two_judges_is_counted_over_the_steps_that_both_label()
    {
        await using var server = await JudgeServer.SayingAsync(call => call.Model switch
        {
            "judge-a" => """{"1":"essential","2":"redundant","3":"redundant"}""",
            "judge-b" => """{"1":"essential","2":"redundant","3":"essential"}""",
            _ => call.Prompt.Contains("deux") ? """{"1":"redundant","2":"essential","3":"essential"}""" : "?",
        });
        LabelledResponse[] responses = [MadeResponse.OfText("a", "?", "!", "one", "two", "three"), MadeResponse.OfText("b", "?", "!", "un", "deux", "trois")];
        using var labels = new JudgeLabels(
            Settings(server) with { Models = ["judge-a", "judge-b", "judge-c"] }, null, _folder.Path, _notices);
        LabelSet[] sets = [new(labels.Name, await labels.LabelAsync(responses, CancellationToken.None)) { Parts = labels.Parts(responses) }];
        ScoredResponse[] scored = [.. responses.Select(response => new ScoredResponse(response, [[1, 2, 3], [3, 2, 1]]))];
        var pairs = SourceAgreement.Of(scored, sets);
        Assert.Equal(
            [("judge judge-a", "judge judge-b", 6L), ("judge judge-a", "judge judge-c", 3L), ("judge judge-b", "judge judge-c", 3L)],
            pairs.Select(pair => (pair.First, pair.Second, pair.Steps.Steps)));
        // Of six steps four agree; by chance (2/6)(4/6) + (4/6)(2/6) = 4/9 would.
        Assert.Equal((4.0 / 6 - 4.0 / 9) / (5.0 / 9), pairs[0].Steps.Kappa, 12);
        Assert.Contains(SourceAgreement.Lines(pairs), line => line.StartsWith("judge judge-a, judge judge-b", StringComparison.Ordinal));
        Assert.Equal(3, SourceAgreement.Json(pairs).Count);
    }

    [Fact]
    public async Task One_judge_alone_agrees_with_nobody()
    {
        await using var server = await JudgeServer.SayingAsync(_ => Good);
        using var labels = new JudgeLabels(Settings(server), null, _folder.Path, _notices);
        await labels.LabelAsync([Response()], CancellationToken.None);
        Assert.Empty(labels.Parts([Response()]));
    }

    [Fact]
    public async Task More_requests_than_are_allowed_are_not_begun()
    {
        await using var server = await JudgeServer.SayingAsync(_ => Good);
        var refused = await Assert.ThrowsAsync<WorkFailedException>(
            () => LabelAsync(Settings(server) with { MaxRequests = 1 }, Response("a"), Response("b")));
        Assert.Contains("--judge-max-requests", refused.Message);
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task Asking_again_counts_among_the_requests_that_are_allowed()
    {
        await using var server = await JudgeServer.SayingAsync(_ => "?");
        await Assert.ThrowsAsync<WorkFailedException>(() => LabelAsync(Settings(server) with { MaxRequests = 2 }, Response()));
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task The_estimate_sends_nothing_and_leaves_out_what_is_kept()
    {
        await using var server = await JudgeServer.SayingAsync(_ => Good);
        await LabelAsync(Settings(server), Response("a"));
        using var labels = new JudgeLabels(Settings(server) with { Price = (3, 6) }, null, _folder.Path, _notices);
        var prompt = JudgePrompt.Of(Response("b"));
        var tokensIn = (prompt.Length + 2) / 3;
        var estimate = labels.Estimate([Response("a"), Response("b")]);
        Assert.StartsWith($"judge: 2 judgements, 1 kept from before, 1 requests to send: about {tokensIn} tokens in and 32 out", estimate);
        Assert.EndsWith(FormattableString.Invariant($"cost about {(tokensIn * 3m + 32 * 6m) / 1_000_000:0.00##}"), estimate);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task A_response_without_steps_needs_no_judge()
    {
        await using var server = await JudgeServer.SayingAsync(_ => Good);
        Assert.Equal([""], await LabelAsync(Settings(server), MadeResponse.OfText("a", "?", "!")));
        Assert.Empty(server.Calls);
    }

    private Task<string[]> LabelAsync(JudgeSettings settings, params LabelledResponse[] responses) => LabelAsync(settings, null, responses);

    private async Task<string[]> LabelAsync(JudgeSettings settings, string? key, params LabelledResponse[] responses)
    {
        using var labels = new JudgeLabels(settings, key, _folder.Path, _notices);
        return [.. (await labels.LabelAsync(responses, CancellationToken.None)).Select(MadeResponse.Letters)];
    }

    private static JudgeSettings Settings(JudgeServer server) => new()
    {
        Endpoint = server.Address,
        Models = ["judge-a"],
        Parallel = 2,
        FirstWait = TimeSpan.FromMilliseconds(1),
    };
}
