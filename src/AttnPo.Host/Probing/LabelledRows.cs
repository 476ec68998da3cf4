using AttnPo.Core.Data;
using AttnPo.Core.Data.Questions;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Probing;

/// <summary>
/// Reads labelled responses from JSON Lines (the form is in docs/probing.md). Steps that a row has are taken as they are, else its
/// reasoning is cut by the reader's settings; token ids that it has are taken as they were sampled.
/// </summary>
/// <param name="folder">The model that the responses are probed with.</param>
/// <param name="rendering">Writes questions and messages down as prompts.</param>
/// <param name="reader">Cuts and judges.</param>
internal sealed class LabelledRows(ModelFolder folder, PromptRendering rendering, ResponseReader reader)
{
    private static readonly string[] LabelWords = [.. Enum.GetNames<StepLabel>().Select(name => name.ToLowerInvariant())];

    private readonly Dictionary<string, string> _places = [];

    /// <summary>Responses whose answer is wrong by their own gold answer: they show no sound reasoning, so they are left out.</summary>
    public int Wrong { get; private set; }

    /// <summary>Rows without steps, whose reasoning the reader cut.</summary>
    public int Cut { get; private set; }

    /// <summary>All responses of a file in order.</summary>
    /// <param name="file">Its path; - is standard input.</param>
    /// <param name="bad">Takes notice of rows that cannot be probed.</param>
    public IReadOnlyList<LabelledResponse> Read(string file, BadRows bad)
    {
        var responses = new List<LabelledResponse>();
        foreach (var row in Open(file).Read())
        {
            try
            {
                if (row.Fault is not null) throw new RowException(row.Fault);
                if (Read(row) is { } response) responses.Add(response);
            }
            catch (RowException e)
            {
                bad.Add(row.Place, e.Message);
            }
        }
        if (responses.Count == 0)
            throw new WorkFailedException(
                $"{file}: no response to probe{(Wrong > 0 ? $", {Wrong} are wrong by their own gold answer" : "")}; "
                + "expected rows of {\"id\",\"prompt\",\"response\",\"steps\"} (docs/probing.md)");
        return responses;
    }

    private LabelledResponse? Read(SourceRow source)
    {
        var row = source.Content;
        if (!row.Has("response") && !row.Has("response_ids")) throw new RowException("\"response\" is missing; questions go with --collect N");
        var id = row.TextOrNumber("id");
        var (prompt, promptText) = Prompt(row);
        var response = Response(row);
        if (prompt.Length + response.Length > folder.Config.MaxPositions)
            throw new RowException($"{prompt.Length + response.Length} tokens; the model takes {folder.Config.MaxPositions}");
        var gold = GoldOf(row);
        var read = Judged(response, gold ?? new Gold(""));
        if (read.Verdict == Verdict.Malformed)
            throw new RowException(
                $"\"response\" must hold {StepSegmenter.ThinkEnd} exactly once and no <think>, which belongs to the prompt");
        if (read.ThinkEnd == response.Length - 1)
            throw new RowException($"nothing follows {StepSegmenter.ThinkEnd}, so there is no answer whose attention could be read");
        if (!_places.TryAdd(id, source.Place)) throw new RowException($"\"id\" {id} stands at {_places[id]} already");
        var made = new LabelledResponse
        {
            Id = id,
            PromptText = promptText,
            Prompt = prompt,
            Response = response,
            Text = read.Text,
            ThinkEnd = read.ThinkEnd,
            Steps = read.Steps,
            Spans = read.StepSpans,
            Gold = gold,
            LabelledBy = row.Has("labelled_by") ? row.Text("labelled_by") : null,
        };
        if (row.Has("steps")) made = WithSteps(made, row.Rows("steps"));
        else Cut++;
        if (made.Steps.Count == 0) throw new RowException("there is no step of reasoning");
        if (gold is null || read.Verdict == Verdict.Correct) return made;
        if (read.Verdict.IsFailure()) throw new RowException("its answer could not be judged within the budget");
        Wrong++;
        return null;
    }

    private ReadResponse Judged(int[] response, Gold gold)
    {
        try
        {
            return reader.Read(response, truncated: false, gold);
        }
        catch (Exception e)
        {
            // Verifiers may throw whatever the answer makes them; it is this row's fault alone.
            throw new RowException($"its answer cannot be judged: {e.Message}");
        }
    }

    private (int[] Tokens, string Text) Prompt(Row row)
    {
        var ids = row.Has("prompt_ids") ? row.Integers("prompt_ids") : null;
        string? text = null;
        if (ids is null || row.Has("prompt") || row.Has("question") || row.Has("messages"))
        {
            var (ready, messages) = OwnForm.Asked(row);
            text = ready ?? rendering.Conversation(messages);
        }
        var tokens = ids ?? folder.Tokenizer.Encode(text!);
        if (folder.PromptFault(tokens) is { } fault) throw new RowException($"the prompt {fault}");
        var decoded = folder.Tokenizer.Decode(tokens).Text;
        if (ids is not null && text is not null && decoded.Normalize() != text.Normalize())
            throw new RowException("\"prompt_ids\" decode to another text than the row's prompt; are they of another model?");
        return (tokens, text ?? decoded);
    }

    private int[] Response(Row row)
    {
        var ids = row.Has("response_ids") ? row.Integers("response_ids") : null;
        if (ids is not null && folder.TokenFault(ids) is { } fault) throw new RowException($"\"response_ids\" {fault}");
        if (ids is not null && !row.Has("response")) return ids;
        var text = row.FilledText("response");
        var tokens = ids ?? folder.Tokenizer.Encode(text);
        // Offsets of steps count in this text, so it must be the one that the tokens spell.
        if (folder.Tokenizer.Decode(tokens).Text == text) return tokens;
        throw new RowException(ids is null
            ? "the model's tokenizer changes \"response\" (to normalisation form C); write it so, or give \"response_ids\" and no \"response\""
            : "\"response_ids\" decode to another text than \"response\"; are they of another model?");
    }

    private static Gold? GoldOf(Row row)
    {
        if (!row.Has("gold")) return null;
        if (!row.Has("kind")) return row.TextOrNumber("gold");
        var kind = row.Text("kind");
        return FieldMap.Kinds.Contains(kind)
            ? new(row.TextOrNumber("gold"), Enum.Parse<AnswerKind>(kind, ignoreCase: true))
            : throw new RowException($"\"kind\" {kind} is none of {string.Join(", ", FieldMap.Kinds)}");
    }

    private LabelledResponse WithSteps(LabelledResponse response, Row[] rows)
    {
        var text = response.Text;
        var units = Units(text);
        var close = text.IndexOf(StepSegmenter.ThinkEnd, StringComparison.Ordinal);
        var (steps, labels, end) = (new List<Step>(), new List<StepLabel?>(), 0);
        foreach (var row in rows)
        {
            var (from, to) = (row.Integer("start"), row.Integer("end"));
            if (from < 0 || to <= from || to >= units.Length || units[to] > close)
                throw new RowException($"step {steps.Count}: [{from}, {to}) is empty or does not lie before {StepSegmenter.ThinkEnd}");
            if (units[from] < end) throw new RowException($"step {steps.Count}: [{from}, {to}) begins before the step in front of it ends");
            RequireBlank(text.AsSpan(end..units[from]), steps.Count);
            end = units[to];
            steps.Add(new Step(units[from], end, StepClass.Forward, null));
            labels.Add(LabelOf(row));
        }
        RequireBlank(text.AsSpan(end..close), steps.Count);
        var decoded = folder.Tokenizer.Decode(response.Response);
        var spans = steps.Count == 0 ? [] : StepTokens.Locate(steps, decoded, decoded.TokenAt(close));
        for (var i = 0; i < spans.Count; i++)
            if (spans[i].End <= spans[i].Start)
                throw new RowException($"step {i} has no token of its own: what follows it begins in the same one; join the two");
        return response with { Steps = steps, Spans = spans, Labels = labels.Any(label => label is not null) ? labels : [] };
    }

    // A step's tokens run up to the next step's first, so what lies between two steps would count for the one in front.
    private static void RequireBlank(ReadOnlySpan<char> gap, int step)
    {
        if (!gap.IsWhiteSpace())
            throw new RowException($"the steps leave out text in front of step {step}; what shall not count is a step whose \"label\" is null");
    }

    private static StepLabel? LabelOf(Row row)
    {
        if (!row.Has("label")) return null;
        var word = row.Text("label");
        return LabelWords.Contains(word)
            ? Enum.Parse<StepLabel>(word, ignoreCase: true)
            : throw new RowException($"\"label\" {word} is none of {string.Join(", ", LabelWords)}, null");
    }

    // The UTF-16 index of each code point, and that of the text's end.
    private static int[] Units(string text)
    {
        var units = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length; i += char.IsHighSurrogate(text[i]) ? 2 : 1) units.Add(i);
        units.Add(text.Length);
        return [.. units];
    }

    private static JsonLines Open(string file)
    {
        if (file == "-") return new JsonLines("standard input", Console.OpenStandardInput);
        return File.Exists(file) ? new JsonLines(file) : throw new WorkFailedException($"{file}: there is no such file");
    }
}
