using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Training;

/// <summary>
/// Puts together what the heads are watched on: responses that no policy of the run wrote, so that they stay the same whatever it
/// becomes. Of the tiny task its teacher's traces, with the task's labels; else the labelled responses of a file.
/// </summary>
internal static class WatchedHeads
{
    // Traces of a seed of their own: those of the warm-up a model may know by heart.
    private const ulong TraceSeed = 0x70726F6265;

    /// <summary>As the settings say; null where nobody looks. Rows that are left out are reported as a warning.</summary>
    /// <exception cref="SettingsException">Heads are to be chosen anew, and the responses have no labels for it.</exception>
    /// <exception cref="WorkFailedException">A row of the file cannot be used.</exception>
    public static HeadWatchSettings? Of(ResolvedSettings settings, ModelFolder model, TinyTask? task, ResponseReader reader, TextWriter? warnings)
    {
        // Silent under the same conditions as the others: where no head is read, and where nobody is to look.
        if (KeyEffects.WhySilent(settings, "heads.reselect") is not null) return null;
        var probe = task is not null
            ? Traces(task, settings.Integer("heads.probe-responses"), model, reader)
            : Rows(settings, model, reader, warnings);
        double? bound = settings.Get<double>("heads.reselect") is var given && double.IsNaN(given) ? null : given;
        if (bound is not null && probe.Halves.Measuring.Count == 0)
            throw SettingsException.ForKey(
                settings.SourceOf("heads.reselect"), "heads.reselect",
                $"{settings.Written("heads.reselect")} where off was expected: {probe.Ranked.Count} of the {probe.Requests.Count} responses that heads are watched on "
                + "have both essential and redundant steps, and a choice takes such responses to 2 prompts at least");
        return new HeadWatchSettings
        {
            Every = settings.Integer("heads.every"),
            Probe = probe,
            Reselect = bound,
            Candidates = bound is null ? [] : [.. AllHeads(model)],
            Most = settings.Integer("heads.most"),
        };
    }

    private static IEnumerable<HeadId> AllHeads(ModelFolder model) =>
        from layer in Enumerable.Range(0, model.Config.Layers)
        from head in Enumerable.Range(0, model.Config.Heads)
        select new HeadId(layer, head);

    private static ProbeSet Traces(TinyTask task, int count, ModelFolder model, ResponseReader reader)
    {
        var (requests, labels) = (new List<ScoreRequest>(count), new List<IReadOnlyList<StepLabel?>>(count));
        for (var index = 0L; requests.Count < count; index++)
        {
            var (prompt, text) = task.Trace(TraceSeed, index);
            var (tokens, response) = (model.Tokenizer.Encode(prompt.Text), model.Tokenizer.Encode(text));
            if (tokens.Length + response.Length > model.Config.MaxPositions)
            {
                // The teacher's detours have no end by themselves; a model that holds almost none of its traces is another task's.
                if (index < 100L * count) continue;
                throw new WorkFailedException(
                    $"{model.Directory}: takes {model.Config.MaxPositions} positions, fewer than the tiny task's responses have, so there is nothing to watch "
                    + "heads on; set heads.every=0");
            }
            var read = reader.Read(response, truncated: false, prompt.Gold);
            requests.Add(Request(tokens, response, read.ThinkEnd, read.StepSpans));
            labels.Add([.. task.Label(prompt, read.Text, read.Steps)]);
        }
        return new ProbeSet(requests, labels);
    }

    private static ProbeSet Rows(ResolvedSettings settings, ModelFolder model, ResponseReader reader, TextWriter? warnings)
    {
        var bad = new BadRows(settings.Get<bool>("data.skip-bad"), "data.skip-bad = true");
        var responses = new LabelledRows(model, PromptRendering.Of(settings, model), reader).Read(settings.Get<string>("heads.probe-file"), bad);
        if (bad.Report is { } left) warnings?.WriteLine(left);
        return new ProbeSet(
            [.. responses.Select(response => Request(response.Prompt, response.Response, response.ThinkEnd, response.Spans))],
            [.. responses.Select(response => response.Labels.Count > 0 ? response.Labels : new StepLabel?[response.Steps.Count])]);
    }

    private static ScoreRequest Request(int[] prompt, int[] response, int thinkEnd, IReadOnlyList<TokenSpan> spans) =>
        new(prompt, response, thinkEnd, [.. spans.Select(span => new TokenRange(span.Start, span.End))]);
}
