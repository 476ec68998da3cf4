using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Host.Probing;

/// <summary>Correct responses of the model to prompts of a task that knows its essential steps, one response a prompt, with the task's labels.</summary>
internal sealed class TaskResponses(IStepLabels labels, ResponseSampler sampler)
{
    /// <summary>Samples and labels.</summary>
    /// <param name="prompts">Of the task.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="sampling">How tokens are drawn.</param>
    /// <param name="done">Is called once for each prompt.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<LabelledResponse> Sample(
        IReadOnlyList<Prompt> prompts, ulong seed, SamplingSettings sampling, Action done, CancellationToken cancellation)
    {
        var responses = new List<LabelledResponse>();
        foreach (var (chunk, together) in prompts.Chunk(ResponseSampler.Together).Index())
        {
            foreach (var (prompt, group) in together.Zip(sampler.Sample(together, seed, chunk, 1, sampling, cancellation)))
            {
                done();
                if (group[0] is not { Verdict: Verdict.Correct, Response: { Steps.Count: > 0 } response }) continue;
                responses.Add(response with { Labels = [.. labels.Label(prompt, response.Text, response.Steps)] });
            }
        }
        return responses;
    }
}
