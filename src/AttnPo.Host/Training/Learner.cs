using AttnPo.Actors.Pipeline;
using AttnPo.Gpu;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;
using AttnPo.Host.Models;

namespace AttnPo.Host.Training;

/// <summary>
/// The engine's trainer, with checkpoints that are whole model folders: what the start model holds besides weights (tokenizer, stop
/// tokens, heads) goes with them.
/// </summary>
internal sealed class Learner(PolicyLearner policy, string startModel) : ITrainer
{
    /// <summary>Loads the start model and publishes it as version 0.</summary>
    public static LearnerEngine Start(string startModel, OptimizerSettings settings, string device, PolicyStore store)
    {
        var policy = PolicyLearner.Load(startModel, settings, device, store);
        return new LearnerEngine(new Learner(policy, startModel), policy.Scorer, policy) { WriteHeads = ModelFolder.WriteHeads };
    }

    /// <inheritdoc/>
    public long PolicyVersion => policy.Trainer.PolicyVersion;

    /// <inheritdoc/>
    public LossSums Accumulate(IReadOnlyList<TrainingSample> samples, CancellationToken cancellation = default) =>
        policy.Trainer.Accumulate(samples, cancellation);

    /// <inheritdoc/>
    public UpdateReport Update(double learningRate, long tokenCount) => policy.Trainer.Update(learningRate, tokenCount);

    /// <inheritdoc/>
    public void DiscardGradients() => policy.Trainer.DiscardGradients();

    /// <inheritdoc/>
    public void SaveCheckpoint(string directory)
    {
        policy.Trainer.SaveCheckpoint(directory);
        ModelFolder.CopyCompanions(startModel, directory);
    }

    /// <inheritdoc/>
    public void LoadCheckpoint(string directory) => policy.Trainer.LoadCheckpoint(directory);

    /// <inheritdoc/>
    public void Dispose() => policy.Trainer.Dispose();
}
