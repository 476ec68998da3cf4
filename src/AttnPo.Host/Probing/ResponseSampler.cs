using System.Globalization;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Host.Models;

namespace AttnPo.Host.Probing;

/// <summary>A response of the model itself.</summary>
/// <param name="Sample">0-based number within its group.</param>
/// <param name="Verdict">Against the prompt's gold answer.</param>
/// <param name="Response">The response; its id is PROMPT/SAMPLE. Null where it could not be verified.</param>
internal sealed record SampledResponse(int Sample, Verdict Verdict, LabelledResponse? Response);

/// <summary>Samples responses to prompts and reads them. The generator is asked for where there is something to sample.</summary>
internal sealed class ResponseSampler(ModelFolder folder, ResponseReader reader, Func<IGenerator> generator)
{
    /// <summary>Responses decoded together: enough to fill a batch of the generator, few enough that progress is seen.</summary>
    public const int Together = 128;

    /// <summary>The responses to each prompt, in the order of samples. A function of the arguments: each call is decoded by itself.</summary>
    /// <param name="prompts">Those of one request.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="step">Part of the draws.</param>
    /// <param name="samples">Responses to each prompt.</param>
    /// <param name="sampling">How tokens are drawn.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<IReadOnlyList<SampledResponse>> Sample(
        IReadOnlyList<Prompt> prompts, ulong seed, long step, int samples, SamplingSettings sampling, CancellationToken cancellation)
    {
        int[][] tokens = [.. prompts.Select(prompt => folder.Tokenizer.Encode(prompt.Text))];
        var request = new GenerationRequest(
            seed, step, [.. prompts.Select((prompt, i) => new GenerationPrompt(prompt.Index, tokens[i]))], samples, sampling);
        return [.. generator().Generate(request, cancellation).Chunk(samples)
            .Select((completions, i) => completions.Select(completion => Read(prompts[i], tokens[i], completion)).ToList())];
    }

    private SampledResponse Read(Prompt prompt, int[] tokens, Completion completion)
    {
        try
        {
            var read = reader.Read(completion.Tokens, completion.Finish == FinishReason.Length, prompt.Gold);
            return new(completion.Sample, read.Verdict, new LabelledResponse
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{prompt.Index}/{completion.Sample}"),
                PromptText = prompt.Text,
                Prompt = tokens,
                Response = completion.Tokens,
                Text = read.Text,
                ThinkEnd = read.ThinkEnd,
                Steps = read.Steps,
                Spans = read.StepSpans,
                Gold = prompt.Gold,
            });
        }
        catch (Exception)
        {
            // One response that cannot be verified is left out; the others stand.
            return new(completion.Sample, Verdict.Failed, null);
        }
    }
}
