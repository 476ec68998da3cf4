using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Host.Models;

namespace AttnPo.Host.Probing;

/// <summary>A response to intervene in.</summary>
/// <param name="Response">The response.</param>
/// <param name="Scores">Of its steps.</param>
/// <param name="Labels">Of its steps; empty where there are none.</param>
internal sealed record InterventionCase(LabelledResponse Response, IReadOnlyList<double> Scores, IReadOnlyList<StepLabel?> Labels);

/// <summary>How interventions are made.</summary>
/// <param name="Removed">k: steps that are taken out.</param>
/// <param name="Answers">New answers to each response and arm.</param>
/// <param name="Seed">Of the random arm, of answers that are drawn, and of the bootstrap.</param>
/// <param name="Sampling">How answers are decoded.</param>
internal sealed record InterventionSettings(int Removed, int Answers, ulong Seed, SamplingSettings Sampling);

/// <summary>
/// Takes steps out of the reasoning, closes it as it was closed, and lets the model answer again. What is left keeps its sampled tokens.
/// </summary>
/// <param name="folder">The model.</param>
/// <param name="generator">Over its weights.</param>
/// <param name="verifier">Judges the answers.</param>
/// <param name="settings">How.</param>
internal sealed class Intervention(ModelFolder folder, IGenerator generator, IAnswerVerifier verifier, InterventionSettings settings)
{
    private const string ThinkStart = "<think>";

    // A batch of the generator, and what its cache of keys and values may come to: the prompts are as long as the reasoning.
    private const int RowsTogether = 256;
    private const long PositionsTogether = 1 << 17;

    /// <summary>
    /// The cases that there is something to learn from: with more than k + 1 steps, so that a step is left whatever is taken out, and with
    /// an answer to hold new ones against.
    /// </summary>
    public IReadOnlyList<(InterventionCase Case, Gold Gold)> Fit(IEnumerable<InterventionCase> cases) =>
        [.. cases.Where(each => each.Response.Steps.Count > settings.Removed + 1)
            .Select(each => (each, Gold: GoldOf(each.Response)))
            .Where(pair => pair.Gold is not null).Select(pair => (pair.each, pair.Gold!))];

    /// <summary>Every arm of every case; a case with an answer that cannot be judged is left out of all arms.</summary>
    /// <param name="cases">As <see cref="Fit"/> gives them.</param>
    /// <param name="done">Is called once for each case.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<ResponseOutcome> Run(
        IReadOnlyList<(InterventionCase Case, Gold Gold)> cases, Action done, CancellationToken cancellation)
    {
        var outcomes = new List<ResponseOutcome>();
        var arms = StepRemoval.Arms;
        foreach (var (chunk, members) in Chunks(cases).Index())
        {
            var removed = members.SelectMany(member => arms.Select(arm =>
                StepRemoval.Choose(arm, member.Item.Case.Scores, settings.Removed, settings.Seed, member.Index))).ToList();
            var request = new GenerationRequest(
                settings.Seed, chunk,
                [.. removed.Select((steps, i) => new GenerationPrompt(i, PromptWithout(members[i / arms.Count].Item.Case.Response, steps)))],
                settings.Answers, settings.Sampling);
            var answers = generator.Generate(request, cancellation).Chunk(settings.Answers).ToList();
            for (var i = 0; i < members.Count; i++)
            {
                var (each, gold) = members[i].Item;
                var shares = arms.Select((_, arm) => Share(answers[i * arms.Count + arm], gold)).ToList();
                if (!shares.Contains(null))
                    outcomes.Add(new(
                        each.Response.PromptText, [.. arms.Select((_, arm) => Outcome(each, removed[i * arms.Count + arm], shares[arm]!.Value))]));
                done();
            }
        }
        return outcomes;
    }

    // Neighbours that are answered together: a function of the cases alone, since what is decoded together is the unit of determinism.
    private IEnumerable<List<(int Index, (InterventionCase Case, Gold Gold) Item)>> Chunks(IReadOnlyList<(InterventionCase Case, Gold Gold)> cases)
    {
        var (chunk, positions) = (new List<(int, (InterventionCase, Gold))>(), 0L);
        var rows = StepRemoval.Arms.Count * settings.Answers;
        foreach (var (index, item) in cases.Index())
        {
            var length = (long)rows * (item.Case.Response.Prompt.Length + item.Case.Response.ThinkEnd + 1);
            if (chunk.Count > 0 && ((chunk.Count + 1) * rows > RowsTogether || positions + length > PositionsTogether))
            {
                yield return chunk;
                (chunk, positions) = ([], 0);
            }
            chunk.Add((index, item));
            positions += length;
        }
        if (chunk.Count > 0) yield return chunk;
    }

    /// <summary>The prompt and the reasoning without some steps, up to and with the closing tag.</summary>
    private static int[] PromptWithout(LabelledResponse response, IReadOnlyList<int> steps)
    {
        var gone = new bool[response.ThinkEnd + 1];
        foreach (var step in steps) gone.AsSpan(response.Spans[step].Start..response.Spans[step].End).Fill(true);
        return [.. response.Prompt, .. response.Response.Take(gone.Length).Where((_, token) => !gone[token])];
    }

    private static ArmOutcome Outcome(InterventionCase each, IReadOnlyList<int> steps, double share)
    {
        var labelled = each.Labels.Count == 0 ? [] : steps.Where(step => each.Labels[step] is not null).ToList();
        return new(
            share, steps.Sum(step => each.Response.Spans[step].End - each.Response.Spans[step].Start),
            labelled.Count(step => each.Labels[step] == StepLabel.Essential), labelled.Count);
    }

    private double? Share(Completion[] answers, Gold gold)
    {
        var right = 0;
        foreach (var answer in answers)
        {
            if (IsRight(answer, gold) is not { } isRight) return null;
            if (isRight) right++;
        }
        return (double)right / answers.Length;
    }

    // Null: it cannot be judged, which says nothing about the model.
    private bool? IsRight(Completion answer, Gold gold)
    {
        var text = folder.Tokenizer.Decode(answer.Tokens).Text;
        // As in training: cut off, or thinking again, is wrong.
        if (answer.Finish == FinishReason.Length || text.Contains(ThinkStart, StringComparison.Ordinal)
            || text.Contains(StepSegmenter.ThinkEnd, StringComparison.Ordinal)) return false;
        try
        {
            if (verifier.Find(text, gold) is not { } found) return false;
            return verifier.Judge(found, gold).Outcome switch
            {
                GradeOutcome.Equal => true,
                GradeOutcome.Different => false,
                _ => null,
            };
        }
        catch (Exception)
        {
            return null;
        }
    }

    private Gold? GoldOf(LabelledResponse response)
    {
        if (response.Gold is { } gold) return gold;
        var answer = response.Text[(response.Text.IndexOf(StepSegmenter.ThinkEnd, StringComparison.Ordinal) + StepSegmenter.ThinkEnd.Length)..];
        return verifier.Find(answer, new Gold("")) is { } own ? new Gold(own) : null;
    }
}
