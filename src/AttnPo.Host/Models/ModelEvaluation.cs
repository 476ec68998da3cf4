using AttnPo.Core.Data;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Host.Models;

/// <summary>Samples responses to prompts and reads them against the gold answers.</summary>
/// <param name="tokenizer">Of the model.</param>
/// <param name="reader">Gives verdicts and steps.</param>
/// <param name="labels">The truth about steps; null where the prompts have none.</param>
internal sealed class ModelEvaluation(Tokenizer tokenizer, ResponseReader reader, IStepLabels? labels)
{
    // Enough to fill a batch of the generator, few enough that progress is seen and an interruption is soon heard.
    private const int ResponsesTogether = 128;

    /// <summary>Evaluates <paramref name="count"/> prompts from the first on; calls back with the rows of each question.</summary>
    public IReadOnlyList<EvaluationRow> Run(
        IGenerator generator, IPromptSet prompts, int count, int samples, ulong seed, SamplingSettings sampling,
        Action<Prompt, IReadOnlyList<EvaluationRow>> onQuestion, CancellationToken cancellation)
    {
        var all = new List<EvaluationRow>(count * samples);
        foreach (var indices in Enumerable.Range(0, count).Chunk(Math.Max(1, ResponsesTogether / samples)))
        {
            var asked = indices.Select(index => prompts[index]).ToArray();
            var request = new GenerationRequest(
                seed, 0, [.. asked.Select(prompt => new GenerationPrompt(prompt.Index, tokenizer.Encode(prompt.Text)))], samples, sampling);
            foreach (var (prompt, completions) in asked.Zip(generator.Generate(request, cancellation).Chunk(samples)))
            {
                EvaluationRow[] rows = [.. completions.Select(completion => Read(prompt, completion))];
                all.AddRange(rows);
                onQuestion(prompt, rows);
            }
        }

        return all;
    }

    private EvaluationRow Read(Prompt prompt, Completion completion)
    {
        try
        {
            var read = reader.Read(completion.Tokens, completion.Finish == FinishReason.Length, prompt.Gold);
            LabelledSteps? steps = labels is null
                ? null : LabelledSteps.Count(labels.Label(prompt, read.Text, read.Steps), labels.MissingEssentials(prompt, read.Text));
            return new(prompt.Index, completion.Sample, read.Verdict, completion.Tokens.Length, read.Answer, steps);
        }
        catch (Exception)
        {
            // One response that cannot be verified is left out and counted; the others stand.
            return new(prompt.Index, completion.Sample, Verdict.Failed, completion.Tokens.Length);
        }
    }
}
