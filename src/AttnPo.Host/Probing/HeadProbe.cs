using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Host.Models;

namespace AttnPo.Host.Probing;

/// <summary>
/// Finds Key-Focus Heads on a task that knows its essential steps: responses of the model itself are sampled, the correct ones scored
/// with every head, and heads chosen by step ranking accuracy.
/// </summary>
internal sealed class HeadProbe(ModelFolder model, ResponseReader reader, IStepLabels labels, IGenerator generator, IScorer scorer)
{
    private const int PromptsAtOnce = 128;

    /// <summary>The largest set of heads: more add nothing (method, section 3).</summary>
    private const int MostHeads = 3;

    /// <summary>Samples one response for each prompt at temperature 1 and chooses heads on the correct ones.</summary>
    /// <exception cref="WorkFailedException">Too few of the responses are correct and have steps of both kinds.</exception>
    public HeadReport Run(IReadOnlyList<Prompt> prompts, ulong seed, int maxNewTokens)
    {
        var heads = ProbedHeads.All(model.Config);
        var probed = prompts.Chunk(PromptsAtOnce).SelectMany((chunk, i) => Probe(chunk, heads, seed, i, maxNewTokens)).ToArray();
        return probed.Length >= HeadReport.LeastResponses
            ? HeadReport.Of(probed, seed, MostHeads)
            : throw new WorkFailedException(
                $"only {probed.Length} of {prompts.Count} responses are correct and have essential and redundant steps; heads cannot be told apart");
    }

    private IEnumerable<ProbedResponse> Probe(Prompt[] prompts, HeadId[] heads, ulong seed, int chunk, int maxNewTokens)
    {
        var tokens = prompts.Select(prompt => model.Tokenizer.Encode(prompt.Text)).ToArray();
        var sampling = new SamplingSettings(maxNewTokens, Temperature: 1, TopP: 1, TopK: 0, model.StopTokens);
        var completions = generator.Generate(new GenerationRequest(
            seed, chunk, [.. prompts.Select((prompt, i) => new GenerationPrompt(prompt.Index, tokens[i]))], SamplesPerPrompt: 1, sampling));

        var requests = new List<ScoreRequest>();
        var truths = new List<bool[]>();
        for (var i = 0; i < prompts.Length; i++)
        {
            var read = reader.Read(completions[i].Tokens, completions[i].Finish == FinishReason.Length, prompts[i].Gold);
            if (read.Verdict != Verdict.Correct) continue;
            bool[] essential = [.. labels.Label(prompts[i], read.Text, read.Steps).Select(label => label == StepLabel.Essential)];
            if (!essential.Contains(true) || !essential.Contains(false)) continue;
            requests.Add(new ScoreRequest(
                tokens[i], completions[i].Tokens, read.ThinkEnd, [.. read.StepSpans.Select(span => new TokenRange(span.Start, span.End))])
            {
                LogProbsFrom = completions[i].Tokens.Length,
            });
            truths.Add(essential);
        }

        return scorer.Score(requests, heads).Zip(truths, (scores, essential) => new ProbedResponse(scores.HeadScores, essential));
    }
}
