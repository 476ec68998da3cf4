using AttnPo.Gpu.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>
/// Last norm, output head and loss of one micro-batch, forward and backward in chunks of response tokens. The loss's slope by each
/// logit is known in closed form, and the products of the backward pass are written out, so no logits outlive their chunk and
/// memory of the vocabulary's size does not depend on how many tokens there are.
/// </summary>
internal sealed class HeadPass(Decoder decoder, OptimizerSettings settings)
{
    /// <summary>Rows of the head's gradient made at once, where they cannot be added in place.</summary>
    private const int VocabularySlice = 1 << 14;

    /// <summary>Adds to the gradients of head and norm.</summary>
    /// <param name="hidden">(B, T, hidden) of the trunk, without a graph.</param>
    /// <param name="batch">Says which positions predict which tokens.</param>
    /// <param name="tokens">The batch's rows.</param>
    /// <returns>The sums of the rows, and the loss's gradient by <paramref name="hidden"/>, of the same shape.</returns>
    public (LossSums Sums, Tensor Gradient) Run(Tensor hidden, SequenceBatch batch, TrainedToken[] tokens)
    {
        using var scope = NewDisposeScope();
        var gradient = zeros_like(hidden, requires_grad: false);
        var (flat, flatGradient) = (hidden.flatten(0, 1), gradient.flatten(0, 1));
        var head = decoder.Head.detach().to(settings.Compute.ScalarType());
        var sums = LossSums.None with { Tokens = batch.Rows };
        foreach (var (start, count) in LogitChunks.Of(batch.Rows, decoder.Config.VocabularySize, settings.LogitElements))
        {
            using var chunk = NewDisposeScope();
            var positions = batch.Positions.narrow(0, start, count);
            var targets = batch.Targets.narrow(0, start, count).unsqueeze(-1);
            var rows = flat.index_select(0, positions).requires_grad_();
            var normalised = decoder.Stack.Normalised(rows);
            Tensor slope;
            using (no_grad())
            {
                var operand = normalised.detach().to(head.dtype);
                (slope, var chunkSums) = Slopes(operand.matmul(head.t()).to(float32), targets, tokens.AsSpan(start, count));
                sums = sums.Plus(chunkSums);
                slope = slope.to(head.dtype);
                AddProduct(Gradients.Of(decoder.Head), slope, operand);
                slope = slope.matmul(head).to(float32);
            }
            normalised.backward([slope]);
            using (no_grad()) flatGradient.index_copy_(0, positions, rows.grad!);
        }
        return (sums, gradient.MoveToOuterDisposeScope());
    }

    /// <summary>The loss's derivative by each logit; the logits' memory is used up.</summary>
    private (Tensor Slopes, LossSums Sums) Slopes(Tensor logits, Tensor targets, ReadOnlySpan<TrainedToken> tokens)
    {
        using var scope = NewDisposeScope();
        var logDistribution = logits.sub_(logits.logsumexp(-1, true));
        var logProbs = logDistribution.gather(-1, targets).cpu().data<float>().ToArray();
        var distribution = logDistribution.exp();
        var entropy = -logDistribution.mul_(distribution).sum(ScalarType.Float64).ToDouble();

        var slopes = new float[tokens.Length];
        var sums = LossSums.None with { Entropy = entropy };
        for (var i = 0; i < tokens.Length; i++)
        {
            double logProb = logProbs[i];
            var loss = tokens[i].Loss(logProb, settings);
            slopes[i] = (float)loss.Slope;
            var gap = tokens[i].Gap(logProb) ?? 0;
            sums = sums with
            {
                Loss = sums.Loss + loss.Value,
                NegativeLogLikelihood = sums.NegativeLogLikelihood - logProb,
                ClippedTokens = sums.ClippedTokens + (loss.Clipped ? 1 : 0),
                LogProbGap = sums.LogProbGap + gap,
                MaxLogProbGap = Math.Max(sums.MaxLogProbGap, gap),
            };
        }
        // d log p(target) / d logit = [is target] - p
        var slope = tensor(slopes, device: logits.device).unsqueeze(-1);
        var gradient = distribution.mul_(slope.neg()).scatter_add_(-1, targets, slope);
        return (gradient.MoveToOuterDisposeScope(), sums);
    }

    /// <summary>(vocabulary, hidden) += slopes, transposed, x operand. In place where the types are one; else a slice at a time.</summary>
    private static void AddProduct(Tensor gradient, Tensor slopes, Tensor operand)
    {
        using var scope = NewDisposeScope();
        if (slopes.dtype == gradient.dtype)
        {
            gradient.addmm_(slopes.t(), operand, 1, 1);
            return;
        }
        for (long first = 0; first < gradient.size(0); first += VocabularySlice)
        {
            using var slice = NewDisposeScope();
            var count = Math.Min(VocabularySlice, gradient.size(0) - first);
            gradient.narrow(0, first, count).add_(slopes.narrow(1, first, count).t().matmul(operand));
        }
    }
}
