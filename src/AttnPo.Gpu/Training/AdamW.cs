using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>
/// Adam with decoupled weight decay. Its whole state is two tensors a weight and a count, so that saved and loaded it goes on
/// bit for bit.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const string Mean = "exp_avg.", Square = "exp_avg_sq.", StepKey = "step";

    private readonly Decoder _decoder;
    private readonly OptimizerSettings _settings;
    private readonly Tensor[] _means, _squares;

    public AdamW(Decoder decoder, OptimizerSettings settings)
    {
        (_decoder, _settings) = (decoder, settings);
        _means = Zeros();
        _squares = Zeros();

        Tensor[] Zeros() => [.. decoder.Weights.Select(w => zeros_like(w.Weight, requires_grad: false).DetachFromDisposeScope())];
    }

    public long Step { get; private set; }

    /// <summary>One update from the gradients the weights hold, each multiplied by a factor first; a weight without one has gradient 0.</summary>
    public void Update(double learningRate, double factor)
    {
        using var gradients = no_grad();
        Step++;
        var meanCorrection = 1 - Math.Pow(_settings.Beta1, Step);
        var squareCorrection = 1 - Math.Pow(_settings.Beta2, Step);
        for (var i = 0; i < _means.Length; i++)
        {
            using var scope = NewDisposeScope();
            var (weight, mean, square) = (_decoder.Weights[i].Weight, _means[i], _squares[i]);
            weight.mul_(1 - learningRate * _settings.WeightDecay);
            mean.mul_(_settings.Beta1);
            square.mul_(_settings.Beta2);
            if (weight.grad is { } held)
            {
                var gradient = held.mul(factor);
                mean.add_(gradient, 1 - _settings.Beta1);
                square.addcmul_(gradient, gradient, 1 - _settings.Beta2);
            }
            var denominator = square.sqrt().div_(Math.Sqrt(squareCorrection)).add_(_settings.Epsilon);
            weight.addcdiv_(mean, denominator, -learningRate / meanCorrection);
        }
    }

    public void Save(string path, IReadOnlyDictionary<string, string> metadata)
    {
        var names = _decoder.Weights.Select(w => w.Name).ToArray();
        SafetensorsWriter.Write(
            path,
            [.. names.Select((n, i) => (Mean + n, _means[i])), .. names.Select((n, i) => (Square + n, _squares[i]))],
            new Dictionary<string, string>(metadata) { [StepKey] = Step.ToString() });
    }

    /// <summary>Opens a saved state and checks it; nothing is taken over yet.</summary>
    public SafetensorsFile Open(string path)
    {
        var file = SafetensorsFile.Open(path);
        try
        {
            var shapes = WeightShapes.Of(_decoder.Config).ToArray();
            file.Require([.. shapes.Select(s => (Mean + s.Name, s.Shape)), .. shapes.Select(s => (Square + s.Name, s.Shape))]);
            file.RequireNumber(StepKey);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Load(SafetensorsFile file)
    {
        for (var i = 0; i < _means.Length; i++)
        {
            file.ReadInto(Mean + _decoder.Weights[i].Name, _means[i]);
            file.ReadInto(Square + _decoder.Weights[i].Name, _squares[i]);
        }
        Step = file.RequireNumber(StepKey);
    }

    public void Dispose()
    {
        foreach (var state in _means.Concat(_squares)) state.Dispose();
    }
}
