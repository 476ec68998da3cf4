using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Host.Probing;

/// <summary>
/// Correct responses of the model to the tiny task's first prompts, with the task's labels: one response a prompt, drawn as the warm-up
/// draws those that it finds its heads on.
/// </summary>
internal sealed class TinyResponses(TinyTask task, ResponseSampler sampler)
{
    /// <summary>Samples and labels.</summary>
    /// <param name="count">Prompts.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="sampling">How tokens are drawn.</param>
    /// <param name="done">Is called once for each prompt.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<LabelledResponse> Sample(int count, ulong seed, SamplingSettings sampling, Action done, CancellationToken cancellation)
    {
        var responses = new List<LabelledResponse>();
        foreach (var (chunk, indices) in Enumerable.Range(0, count).Chunk(ResponseSampler.Together).Index())
        {
            Prompt[] prompts = [.. indices.Select(index => task.Train[index])];
            foreach (var (prompt, group) in prompts.Zip(sampler.Sample(prompts, seed, chunk, 1, sampling, cancellation)))
            {
                done();
                if (group[0] is not { Verdict: Verdict.Correct, Response: { Steps.Count: > 0 } response }) continue;
                responses.Add(response with { Labels = [.. task.Label(prompt, response.Text, response.Steps)] });
            }
        }
        return responses;
    }
}
