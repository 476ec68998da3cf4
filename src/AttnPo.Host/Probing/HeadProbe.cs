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
    /// <summary>The largest set of heads: more add nothing (method, section 3).</summary>
    private const int MostHeads = 3;

    /// <summary>Samples one response for each prompt at temperature 1 and chooses heads on the correct ones.</summary>
    /// <exception cref="WorkFailedException">Too few of the responses are correct and have steps of both kinds.</exception>
    public HeadReport Run(IReadOnlyList<Prompt> prompts, ulong seed, int maxNewTokens)
    {
        var sampling = new SamplingSettings(maxNewTokens, Temperature: 1, TopP: 1, TopK: 0, model.StopTokens);
        var responses = new TaskResponses(labels, new(model, reader, () => generator)).Sample(prompts, seed, sampling, () => { }, CancellationToken.None);
        var scored = StepScoring.Score(scorer, ProbedHeads.All(model.Config), responses, () => { }, CancellationToken.None);
        ProbedResponse[] probed = [.. scored.Select(response => response.Probed(response.Response.Labels))];
        var usable = probed.Count(response => response.Essential.Contains(true) && response.Essential.Contains(false));
        return usable >= HeadReport.LeastResponses
            ? HeadReport.Of(probed, seed, MostHeads)
            : throw new WorkFailedException(
                $"only {usable} of {prompts.Count} responses are correct and have essential and redundant steps; heads cannot be told apart");
    }
}
