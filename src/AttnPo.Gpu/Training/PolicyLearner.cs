using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Scoring;

namespace AttnPo.Gpu.Training;

/// <summary>
/// The learner's side of the policy: one decoder, trained by the trainer and read by the scorer, which may be called from
/// different threads; they take turns.
/// </summary>
public sealed class PolicyLearner : IDisposable
{
    private readonly HuggingFaceModel _model;
    private readonly Trainer _trainer;

    private PolicyLearner(HuggingFaceModel model, OptimizerSettings settings, PolicyStore store)
    {
        var weights = new Lock();
        _model = model;
        _trainer = new Trainer(model, settings, store, weights);
        Scorer = new Scorer(model.Decoder, settings.MicroBatchTokens, settings.Compute, weights);
    }

    /// <summary>The model in training.</summary>
    public Decoder Decoder => _model.Decoder;

    /// <summary>Changes the weights.</summary>
    public ITrainer Trainer => _trainer;

    /// <summary>Reads them.</summary>
    public IScorer Scorer { get; }

    /// <summary>Starts from a Hugging Face folder with a fresh optimizer, and publishes its weights as version 0.</summary>
    /// <param name="directory">Holds config.json and model.safetensors.</param>
    /// <param name="settings">Optimizer, clips, micro-batches.</param>
    /// <param name="device">cpu, cuda, cuda:1, ...</param>
    /// <param name="store">Where versions are published; stays the caller's.</param>
    public static PolicyLearner Load(string directory, OptimizerSettings settings, string device, PolicyStore store)
    {
        var model = HuggingFaceModel.Load(directory, device);
        try
        {
            return new PolicyLearner(model, settings, store);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Starts from a model in memory, which it takes over, with a fresh optimizer; publishes version 0.</summary>
    public static PolicyLearner Of(Decoder decoder, OptimizerSettings settings, PolicyStore store) =>
        new(HuggingFaceModel.Of(decoder), settings, store);

    /// <summary>Writes config.json and model.safetensors alone, as other tools load them.</summary>
    public void SaveModel(string directory) => _model.Save(directory);

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        _model.Dispose();
    }
}
