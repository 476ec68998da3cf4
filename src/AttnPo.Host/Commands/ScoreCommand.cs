using System.CommandLine;
using System.Text.Json;
using AttnPo.Core.Credit;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Commands;

/// <summary>score: log-probabilities, entropies and step scores of given responses.</summary>
internal static class ScoreCommand
{
    private const int RowsTogether = 16;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var heads = new Option<string>("--heads") { Description = "Heads whose mean is the step score; without it those of the model folder.", HelpName = "L:H,..." };
        var phrases = new Option<string>("--phrases") { Description = "Table of transition phrases, for rows of text.", DefaultValueFactory = _ => "official" };
        phrases.AcceptOnlyFromAmong("official", "corrected");
        var minChars = new Option<int>("--min-chars") { Description = "Characters below which a step is merged, for rows of text.", DefaultValueFactory = _ => 80 }.AtLeast(1);
        var command = new Command(
            "score",
            "Scores given responses: {\"id\",\"prompt_ids\",\"response_ids\",\"think_end\",\"steps\"} or {\"id\",\"prompt\",\"response\"} "
            + "-> {\"id\",\"logprobs\",\"entropy\",\"step_scores\",\"per_head\",\"baseline\"}.");
        var engine = new EngineOptions(command);
        command.Add(heads);
        command.Add(phrases);
        command.Add(minChars);
        var rows = new RowOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var (folder, device, format) = engine.Open(parsed);
            var chosen = Heads(parsed.GetValue(heads), folder);
            // Rows of token ids need no tokenizer, so a folder without one is read as far as such rows go.
            var reader = new Lazy<ResponseReader>(() => new(
                folder.Tokenizer, PhraseTable.Named(parsed.GetRequiredValue(phrases)), new SegmentationSettings(parsed.GetValue(minChars)), new MathVerifier(new ExactGrader())));
            using var scorer = EngineFactory.Scorer(folder, device, format);
            return Task.FromResult(rows.Run(parsed, row => (Id: row.Id(), Request: Read(row, folder, reader)), RowsTogether, (batch, writer) =>
            {
                var answers = scorer.Value.Score([.. batch.Select(row => row.Request)], chosen, cancellation);
                foreach (var ((id, request), scores) in batch.Zip(answers))
                    writer.Write(json => Write(json, id, request, scores, chosen));
            }, cancellation));
        });
        return command;
    }

    private static IReadOnlyList<HeadId> Heads(string? list, ModelFolder folder)
    {
        if (list is null) return folder.OwnHeads();
        try
        {
            return folder.Heads(list.Split(',', StringSplitOptions.TrimEntries), "--heads");
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException(e.Message);
        }
    }

    private static ScoreRequest Read(Row row, ModelFolder folder, Lazy<ResponseReader> reader)
    {
        var request = row.Has("response_ids") ? ReadIds(row) : ReadText(row, folder, reader);
        if (request.Prompt.Length == 0) throw new RowException("the prompt has no token");
        if (request.Response.Length == 0) throw new RowException("the response has no token");
        if ((folder.TokenFault(request.Prompt) ?? folder.TokenFault(request.Response)) is { } fault) throw new RowException($"the row {fault}");
        if (request.Prompt.Length + request.Response.Length > folder.Config.MaxPositions)
            throw new RowException($"{request.Prompt.Length + request.Response.Length} tokens; the model takes {folder.Config.MaxPositions}");
        return request;
    }

    private static ScoreRequest ReadIds(Row row)
    {
        var response = row.Integers("response_ids");
        var thinkEnd = row.Has("think_end") ? row.Integer("think_end") : -1;
        var steps = row.Has("steps") ? row.Pairs("steps") : [];
        if (thinkEnd < -1 || thinkEnd >= response.Length) throw new RowException($"\"think_end\" is {thinkEnd}; the response has {response.Length} tokens");
        foreach (var (start, end) in steps)
            if (start < 0 || start >= end || end > Math.Max(thinkEnd, 0))
                throw new RowException($"step [{start}, {end}) is empty or does not end before think_end = {thinkEnd}");
        return new(row.Integers("prompt_ids"), response, thinkEnd, [.. steps.Select(step => new TokenRange(step.Start, step.End))]);
    }

    private static ScoreRequest ReadText(Row row, ModelFolder folder, Lazy<ResponseReader> reader)
    {
        var response = folder.Tokenizer.Encode(row.Text("response"));
        var read = reader.Value.Read(response, truncated: false, gold: "");
        // Without an answer nothing looks back at the steps.
        var steps = read.ThinkEnd < 0 ? [] : read.StepSpans.Select(span => new TokenRange(span.Start, span.End));
        return new(folder.Tokenizer.Encode(row.Text("prompt")), response, read.ThinkEnd, [.. steps]);
    }

    private static void Write(Utf8JsonWriter json, JsonElement id, ScoreRequest request, ResponseScores scores, IReadOnlyList<HeadId> heads)
    {
        json.WritePropertyName("id");
        id.WriteTo(json);
        json.WriteNumbers("logprobs", scores.LogProbs);
        json.WriteNumbers("entropy", scores.Entropies);
        json.WriteNumbers("step_scores", StepScores.Mean(scores.HeadScores));
        json.WriteStartObject("per_head");
        foreach (var (head, values) in heads.Zip(scores.HeadScores)) json.WriteNumbers(head.ToString(), values);
        json.WriteEndObject();
        var answer = request.ThinkEnd < 0 ? 0 : request.Response.Length - request.ThinkEnd - 1;
        json.WriteNumber("baseline", StepRescaling.Baseline(correctShare: 1, beta: 0, answer, request.Prompt.Length + request.Response.Length));
    }
}
