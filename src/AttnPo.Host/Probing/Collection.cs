using System.Globalization;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Host.Probing;

/// <summary>What is collected.</summary>
/// <param name="Wanted">Responses.</param>
/// <param name="Samples">Responses to each prompt.</param>
/// <param name="Easy">The least share of correct responses, of all to a prompt, that makes it an easy one.</param>
/// <param name="OfPrompt">Responses that are taken of one prompt at most.</param>
/// <param name="Seed">Of the draws.</param>
/// <param name="Sampling">How tokens are drawn.</param>
internal sealed record CollectionSettings(int Wanted, int Samples, double Easy, int OfPrompt, ulong Seed, SamplingSettings Sampling)
{
    /// <summary>What of them decides the responses, in words.</summary>
    public IEnumerable<(string Name, string Value)> Identity() =>
    [
        ("samples", Text(Samples)), ("easy", Text(Easy)), ("per-prompt", Text(OfPrompt)), ("seed", Text(Seed)),
        ("temperature", Text(Sampling.Temperature)), ("top-p", Text(Sampling.TopP)), ("max-new", Text(Sampling.MaxNewTokens)),
    ];

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>What a stretch of prompts gave.</summary>
/// <param name="Prompts">Prompts that were asked.</param>
/// <param name="Easy">Those of them that are easy.</param>
/// <param name="Correct">Correct responses.</param>
/// <param name="Judged">Responses that could be judged.</param>
internal readonly record struct CollectionCounts(int Prompts, int Easy, int Correct, int Judged)
{
    /// <summary>Those of both.</summary>
    public static CollectionCounts operator +(CollectionCounts a, CollectionCounts b) =>
        new(a.Prompts + b.Prompts, a.Easy + b.Easy, a.Correct + b.Correct, a.Judged + b.Judged);
}

/// <summary>
/// Correct responses of the model itself to easy prompts, in the order of the prompts. On a prompt that is seldom solved a correct response
/// may be luck, and its steps prove little.
/// </summary>
/// <param name="prompts">The questions.</param>
/// <param name="count">How many of them, from the first on.</param>
/// <param name="sampler">Of the model.</param>
/// <param name="settings">What is collected.</param>
internal sealed class Collection(IPromptSet prompts, int count, ResponseSampler sampler, CollectionSettings settings)
{
    /// <summary>What is collected.</summary>
    public CollectionSettings Settings => settings;

    /// <summary>Questions to ask at most.</summary>
    public int Count => count;

    /// <summary>Prompts asked together: the unit of determinism, a function of the settings alone.</summary>
    public int PromptsTogether => Math.Max(1, ResponseSampler.Together / settings.Samples);

    /// <summary>The responses to take of the prompts from one on, and what was seen on the way.</summary>
    /// <param name="first">A multiple of <see cref="PromptsTogether"/>.</param>
    /// <param name="cancellation">Ends it.</param>
    public (IReadOnlyList<LabelledResponse> Taken, CollectionCounts Counts) Next(int first, CancellationToken cancellation)
    {
        var asked = Enumerable.Range(first, Math.Min(PromptsTogether, count - first)).Select(index => prompts[index]).ToList();
        var groups = sampler.Sample(asked, settings.Seed, 0, settings.Samples, settings.Sampling, cancellation);
        var (taken, counts) = (new List<LabelledResponse>(), default(CollectionCounts));
        foreach (var group in groups)
        {
            var judged = group.Count(sampled => !sampled.Verdict.IsFailure());
            var correct = group.Count(sampled => sampled.Verdict == Verdict.Correct);
            // Of all: where most cannot be judged, those that can say little.
            var easy = correct > 0 && correct >= settings.Easy * group.Count;
            counts += new CollectionCounts(1, easy ? 1 : 0, correct, judged);
            if (!easy) continue;
            taken.AddRange(group.Where(sampled => sampled.Verdict == Verdict.Correct && sampled.Response!.Steps.Count > 1)
                .Take(settings.OfPrompt).Select(sampled => sampled.Response!));
        }
        return (taken, counts);
    }
}
