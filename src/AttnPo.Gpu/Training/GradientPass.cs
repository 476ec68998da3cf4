using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>Forward and backward of one micro-batch: the trunk forward, the head both ways in chunks of tokens, the trunk backward.</summary>
internal sealed class GradientPass(Decoder decoder, OptimizerSettings settings)
{
    /// <summary>Adds the gradient of the summed loss to the weights' gradients.</summary>
    public LossSums Run(IReadOnlyList<TrainingSample> samples, IReadOnlyList<TokenSequence> sequences, int[] members)
    {
        using var scope = NewDisposeScope();
        var batch = SequenceBatch.Of(sequences, members, decoder.Device, withLast: false);
        var trunk = new TrunkPass(decoder, settings);
        var hidden = trunk.Forward(batch.Ids);
        var (sums, gradient) = new HeadPass(decoder, settings).Run(hidden, batch, Rows(samples, members));
        trunk.Backward(gradient);
        return sums with { Positions = members.Sum(m => sequences[m].Length - 1L), PaddedPositions = batch.Ids.numel() };
    }

    /// <summary>Per-token numbers in the order of the batch's rows.</summary>
    private static TrainedToken[] Rows(IReadOnlyList<TrainingSample> samples, int[] members) =>
        [.. members.Select(m => samples[m]).SelectMany(sample => sample.TokenWeights.Select((weight, i) =>
            new TrainedToken(weight, sample.OldLogProbs?[i], sample.GeneratorLogProbs?[i])))];
}
