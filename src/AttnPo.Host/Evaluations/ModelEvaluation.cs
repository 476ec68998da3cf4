using AttnPo.Core.Data;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Host.Evaluations;

/// <summary>A question with the responses to it.</summary>
/// <param name="Prompt">The question.</param>
/// <param name="Responses">In the order of samples.</param>
internal sealed record EvaluatedQuestion(Prompt Prompt, IReadOnlyList<EvaluationRow> Responses);

/// <summary>Samples responses to prompts and reads them against the gold answers.</summary>
/// <param name="tokenizer">Of the model.</param>
/// <param name="reader">Gives verdicts and steps.</param>
/// <param name="labels">The truth about steps; null where the prompts have none.</param>
internal sealed class ModelEvaluation(Tokenizer tokenizer, ResponseReader reader, IStepLabels? labels)
{
    // Enough to fill a batch of the generator, few enough that progress is seen and an interruption is soon heard.
    private const int ResponsesTogether = 128;

    /// <summary>
    /// Which questions are generated together: neighbours that are asked alike. What is decoded together is the unit of determinism, so
    /// this depends on the questions alone, not on where an evaluation was interrupted.
    /// </summary>
    /// <returns>First question and number of questions of each chunk, in order.</returns>
    public static IEnumerable<(int First, int Count)> Chunks(DataSets sets)
    {
        for (var first = 0; first < sets.Count;)
        {
            var set = sets.Of(first);
            var most = Math.Min(Math.Max(1, ResponsesTogether / set.Samples), sets.Count - first);
            var count = 1;
            while (count < most && sets.Of(first + count) == set) count++;
            yield return (first, count);
            first += count;
        }
    }

    /// <summary>Evaluates the questions of a chunk.</summary>
    public IReadOnlyList<EvaluatedQuestion> Run(
        IGenerator generator, IReadOnlyList<Prompt> prompts, DataSet set, ulong seed, CancellationToken cancellation)
    {
        var request = new GenerationRequest(
            seed, 0, [.. prompts.Select(prompt => new GenerationPrompt(prompt.Index, tokenizer.Encode(prompt.Text)))], set.Samples, set.Sampling);
        return [.. prompts.Zip(
            generator.Generate(request, cancellation).Chunk(set.Samples),
            (prompt, completions) => new EvaluatedQuestion(prompt, [.. completions.Select(completion => Read(prompt, completion))]))];
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
