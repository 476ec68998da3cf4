using AttnPo.Gpu.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>
/// Forward and backward of one micro-batch. The output distributions are made in chunks of rows and only at response tokens;
/// the loss's slope by each logit is known in closed form, so nothing of the vocabulary's size is kept for the backward pass.
/// </summary>
internal sealed class GradientPass(Decoder decoder, OptimizerSettings settings)
{
    /// <summary>Adds the gradient of the summed loss to the weights' gradients.</summary>
    public LossSums Run(IReadOnlyList<TrainingSample> samples, IReadOnlyList<TokenSequence> sequences, int[] members)
    {
        using var scope = NewDisposeScope();
        var batch = SequenceBatch.Of(sequences, members, decoder.Device, withLast: false);
        var trunk = decoder.Forward(batch.Ids).flatten(0, 1).index_select(0, batch.Positions);
        // The chunks run backward one by one as far as this leaf; the trunk follows once with their sum.
        var hidden = trunk.detach().requires_grad_();
        var rows = Rows(samples, members);
        var sums = new LossSums(0, 0, 0, batch.Rows, 0, 0, batch.Ids.numel());
        foreach (var (start, count) in LogitChunks.Of(batch.Rows, decoder.Config.VocabularySize))
        {
            using var chunk = NewDisposeScope();
            var targets = batch.Targets.narrow(0, start, count).unsqueeze(-1);
            sums = sums.Plus(Backward(decoder.Logits(hidden.narrow(0, start, count)), targets, rows.AsSpan(start, count)));
        }
        trunk.backward([hidden.grad!]);
        return sums;
    }

    private LossSums Backward(Tensor logits, Tensor targets, ReadOnlySpan<Row> rows)
    {
        using var gradients = no_grad();
        var logDistribution = logits.log_softmax(-1);
        var distribution = logDistribution.exp();
        var logProbs = logDistribution.gather(-1, targets).cpu().data<float>().ToArray();
        var entropy = -(distribution * logDistribution).sum(ScalarType.Float64).ToDouble();

        var slopes = new float[rows.Length];
        var sums = new LossSums(0, 0, entropy, 0, 0, 0, 0);
        for (var i = 0; i < rows.Length; i++)
        {
            double logProb = logProbs[i];
            var loss = rows[i].Old is { } old
                ? PolicyLoss.Of(logProb, old, rows[i].Weight, settings)
                : PolicyLoss.OnPolicy(rows[i].Weight);
            slopes[i] = (float)loss.Slope;
            sums = sums with
            {
                Loss = sums.Loss + loss.Value,
                NegativeLogLikelihood = sums.NegativeLogLikelihood - logProb,
                ClippedTokens = sums.ClippedTokens + (loss.Clipped ? 1 : 0),
                MaxLogProbGap = rows[i].Generator is { } generated
                    ? Math.Max(sums.MaxLogProbGap, Math.Abs(logProb - generated))
                    : sums.MaxLogProbGap,
            };
        }
        // d log p(target) / d logit = [is target] - p
        var slope = tensor(slopes, device: logits.device).unsqueeze(-1);
        var gradient = distribution.mul_(slope.neg()).scatter_add_(-1, targets, slope);
        logits.backward([gradient]);
        return sums;
    }

    /// <summary>Per-token numbers in the order of the batch's rows.</summary>
    private static Row[] Rows(IReadOnlyList<TrainingSample> samples, int[] members) =>
        [.. members.Select(m => samples[m]).SelectMany(sample => sample.TokenWeights.Select((weight, i) =>
            new Row(weight, sample.OldLogProbs?[i], sample.GeneratorLogProbs?[i])))];

    private readonly record struct Row(float Weight, float? Old, float? Generator);
}
