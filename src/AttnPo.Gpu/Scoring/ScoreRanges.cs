using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Scoring;

/// <summary>Refuses positions and heads that do not exist, before they reach native code.</summary>
internal static class ScoreRanges
{
    public static void Require(int thinkEnd, IReadOnlyList<TokenRange> steps, int responseLength, int index)
    {
        if (thinkEnd < -1 || thinkEnd >= responseLength)
            throw new ArgumentException($"sequence {index}: think end {thinkEnd} is not a position of the response");
        if (thinkEnd < 0) return;
        foreach (var step in steps)
        {
            if (step.Start < 0 || step.End <= step.Start || step.End > thinkEnd)
            {
                throw new ArgumentException(
                    $"sequence {index}: step {step.Start} to {step.End} is empty or does not lie before think end {thinkEnd}");
            }
        }
    }

    public static void RequireHead(HeadId head, ModelConfig config)
    {
        if (head.Layer < 0 || head.Layer >= config.Layers || head.Head < 0 || head.Head >= config.Heads)
            throw new ArgumentException($"head {head} does not exist; the model has {config.Layers} layers of {config.Heads} heads");
    }
}
