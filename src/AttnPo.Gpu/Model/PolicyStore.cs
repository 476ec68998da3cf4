using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>
/// The weights of the newest versions of the policy, in process: the trainer publishes, the generator copies. Safe from several
/// threads; the memory of versions that fell out is used again.
/// </summary>
/// <param name="capacity">Versions held; at least one more than the staleness a run allows.</param>
/// <param name="format">How matrices are held, as the generator will hold them; norms and biases are 32-bit floats always.</param>
public sealed class PolicyStore(int capacity = 2, NumberFormat format = NumberFormat.Float32) : IDisposable
{
    private readonly int _capacity = capacity > 0 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity));
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, (string Name, Tensor Copy)[]> _versions = [];

    /// <summary>The highest version held; null before the first.</summary>
    public long? Newest
    {
        get
        {
            lock (_lock) return _versions.Count == 0 ? null : _versions.Keys.Last();
        }
    }

    /// <summary>Keeps a copy of the weights. A version published again replaces the former; versions above it are forgotten.</summary>
    public void Publish(long version, Decoder policy)
    {
        lock (_lock)
        {
            // Going back to a checkpoint makes the versions after it void.
            foreach (var undone in _versions.Keys.Where(v => v > version).ToArray()) Free(undone);
            if (!_versions.Remove(version, out var copies) && _versions.Count >= _capacity)
            {
                var oldest = _versions.Keys.First();
                copies = _versions[oldest];
                _versions.Remove(oldest);
            }
            using var gradients = no_grad();
            copies ??= [.. policy.Weights.Select(w => (w.Name, Empty(w.Weight)))];
            for (var i = 0; i < copies.Length; i++) copies[i].Copy.copy_(policy.Weights[i].Weight);
            _versions[version] = copies;
        }
    }

    /// <summary>Copies a version into a model of the same shape.</summary>
    /// <exception cref="InvalidOperationException">The version is not held.</exception>
    internal void CopyTo(long version, Decoder target) => Read(version, target.CopyFrom);

    /// <summary>Lends the weights of a version for the duration of a call; nothing is published meanwhile.</summary>
    /// <exception cref="InvalidOperationException">The version is not held.</exception>
    internal void Read(long version, Action<IWeightSource> reader)
    {
        lock (_lock)
        {
            if (!_versions.TryGetValue(version, out var weights))
            {
                throw new InvalidOperationException(
                    $"policy version {version} is not held; held: {(_versions.Count == 0 ? "none" : string.Join(", ", _versions.Keys))}");
            }
            reader(new Version(weights));
        }
    }

    private Tensor Empty(Tensor weight) =>
        empty_like(weight, weight.dim() > 1 ? format.ScalarType() : ScalarType.Float32, requires_grad: false).DetachFromDisposeScope();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var version in _versions.Keys.ToArray()) Free(version);
        }
    }

    private void Free(long version)
    {
        foreach (var (_, copy) in _versions[version]) copy.Dispose();
        _versions.Remove(version);
    }

    private sealed class Version((string Name, Tensor Copy)[] weights) : IWeightSource
    {
        private readonly Dictionary<string, Tensor> _byName = weights.ToDictionary(w => w.Name, w => w.Copy, StringComparer.Ordinal);

        public void Read(string name, Action<Tensor> use) => use(_byName[name]);
    }
}
