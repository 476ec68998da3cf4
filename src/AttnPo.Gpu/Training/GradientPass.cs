using System.Diagnostics;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Scoring;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>
/// Forward and backward of one micro-batch: the trunk forward, the head both ways in chunks of tokens, the trunk backward. Attention
/// that samples want to be weighed by is read on the way through the trunk, so it costs no forward pass of its own.
/// </summary>
internal sealed class GradientPass(Decoder decoder, OptimizerSettings settings)
{
    /// <summary>Adds the gradient of the summed loss to the weights' gradients.</summary>
    /// <param name="samples">All samples of the call.</param>
    /// <param name="sequences">The same as the decoder reads them.</param>
    /// <param name="members">Those of the micro-batch.</param>
    /// <param name="heads">Whose attention is read; none where no sample wants it.</param>
    public LossSums Run(
        IReadOnlyList<TrainingSample> samples, IReadOnlyList<TokenSequence> sequences, int[] members, IReadOnlyList<HeadId> heads)
    {
        using var scope = NewDisposeScope();
        var batch = SequenceBatch.Of(sequences, members, decoder.Device);
        using var reading = new MemberAttention(decoder.Config, heads, Array.ConvertAll(members, m => samples[m]));
        var trunk = new TrunkPass(decoder, settings, reading.Observer);
        var hidden = trunk.Forward(batch.Ids);
        var (sums, gradient) = new HeadPass(decoder, settings).Run(hidden, batch, Rows(samples, members, reading.Weights()));
        trunk.Backward(gradient);
        return sums with
        {
            Positions = members.Sum(m => (long)sequences[m].Length), PaddedPositions = batch.Ids.numel(), Reading = reading.Elapsed,
        };
    }

    /// <summary>Per-token numbers in the order of the batch's rows.</summary>
    private static TrainedToken[] Rows(IReadOnlyList<TrainingSample> samples, int[] members, float[][] weights) =>
        [.. members.Select(m => samples[m]).Zip(weights).SelectMany(member => member.Second.Select((weight, i) =>
            new TrainedToken(weight, member.First.OldLogProbs?[i], member.First.GeneratorLogProbs?[i])))];

    /// <summary>The attention of a micro-batch's members, read layer by layer, and the weights that follow.</summary>
    private sealed class MemberAttention(ModelConfig config, IReadOnlyList<HeadId> heads, TrainingSample[] members) : IAttentionObserver, IDisposable
    {
        private readonly AnswerAttention _attention = new(config, heads, Array.ConvertAll(members, Request));
        private readonly Stopwatch _clock = new();

        /// <summary>Null where nothing is to be read.</summary>
        public IAttentionObserver? Observer => members.Any(member => member.Attention is not null) ? this : null;

        public TimeSpan Elapsed => _clock.Elapsed;

        public void Observe(int layer, Tensor queries, Tensor keys)
        {
            _clock.Start();
            _attention.Observe(layer, queries, keys);
            _clock.Stop();
        }

        /// <summary>[member][response token]; after the trunk's forward pass.</summary>
        public float[][] Weights()
        {
            if (Observer is null) return Array.ConvertAll(members, member => member.TokenWeights);
            // The first copy from a device waits for all that was asked of it before: the forward pass is none of reading's time.
            if (cuda.is_available()) cuda.synchronize();
            _clock.Start();
            var scores = _attention.Scores();
            float[][] weights = [.. members.Select((member, i) => Weights(member, scores[i]))];
            _clock.Stop();
            return weights;
        }

        public void Dispose() => _attention.Dispose();

        private static float[] Weights(TrainingSample member, double[][] scores)
        {
            if (member.Attention is not { } attention) return member.TokenWeights;
            var weights = attention.Weigh(scores);
            return weights.Length == member.Response.Length
                ? weights
                : throw new InvalidOperationException($"{weights.Length} weights came of the attention of {member.Response.Length} response tokens");
        }

        private static ScoreRequest Request(TrainingSample member) => member.Attention is { } attention
            ? new ScoreRequest(member.Prompt, member.Response, attention.ThinkEnd, attention.Steps)
            : new ScoreRequest(member.Prompt, member.Response, -1, []);
    }
}
