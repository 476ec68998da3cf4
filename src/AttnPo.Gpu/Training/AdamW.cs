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
    /// <summary>Elements updated at once: temporary values stay in the cache, and small beside the largest weight.</summary>
    private const long Slice = 1 << 18;

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
            var weight = _decoder.Weights[i].Weight;
            var (values, mean, square, held) = (Flat(weight.detach()), Flat(_means[i]), Flat(_squares[i]), weight.grad is { } g ? Flat(g) : null);
            for (long first = 0; first < values.numel(); first += Slice)
            {
                using var slice = NewDisposeScope();
                var count = Math.Min(Slice, values.numel() - first);
                UpdateSlice(values.narrow(0, first, count), mean.narrow(0, first, count), square.narrow(0, first, count), held?.narrow(0, first, count));
            }
        }

        void UpdateSlice(Tensor weight, Tensor mean, Tensor square, Tensor? held)
        {
            weight.mul_(1 - learningRate * _settings.WeightDecay);
            mean.mul_(_settings.Beta1);
            square.mul_(_settings.Beta2);
            if (held is not null)
            {
                var gradient = held.mul(factor);
                mean.add_(gradient, 1 - _settings.Beta1);
                square.addcmul_(gradient, gradient, 1 - _settings.Beta2);
            }
            var denominator = square.sqrt().div_(Math.Sqrt(squareCorrection)).add_(_settings.Epsilon);
            weight.addcdiv_(mean, denominator, -learningRate / meanCorrection);
        }

        static Tensor Flat(Tensor tensor) => tensor.view(-1);
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
