using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>
/// The decoder for generation on the processor, without tensor operations: at a few dozen rows of a small model those cost more
/// than their arithmetic. Rows are shared out over threads, which meet once a token. No padding, no common length; a row's
/// result has the same bits whoever shares the batch, and whatever the number of threads.
/// </summary>
internal sealed class ProcessorDecoder : IPolicyModel
{
    // Fewer rows are not worth waking a thread for.
    private const int LeastRowsOfWorker = 8;

    private readonly ModelConfig _config;
    private readonly PackedWeights _weights;
    private readonly PagedCache _cache;
    private readonly RotaryTable _rotary;
    private readonly DecodingWorker[] _workers;
    private readonly List<PagedSequence> _sequences = [];
    private TokenPlace[] _places = [];
    private int[] _wanted = [];

    public ProcessorDecoder(ModelConfig config, int threads, NumberFormat format = NumberFormat.Float32)
    {
        _config = config;
        _weights = new PackedWeights(config, format);
        _cache = new PagedCache(new CacheShape(config));
        _rotary = new RotaryTable(RotaryFrequencies.Of(config));
        _workers = [.. Enumerable.Range(0, threads).Select(_ => new DecodingWorker(config, _weights, _cache.Shape, _rotary))];
    }

    /// <summary>Whether this processor multiplies and adds vectors in one instruction; without that it is slower than tensors.</summary>
    public static bool IsFast => Vector256.IsHardwareAccelerated || AdvSimd.IsSupported;

    /// <inheritdoc/>
    public int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    public int LongestSequence => _config.MaxPositions;

    /// <inheritdoc/>
    public int Workers => _workers.Length;

    /// <inheritdoc/>
    public bool MovesAreFree => true;

    /// <summary>Pages of keys and values that are held, in use or not.</summary>
    public int PageCount => _cache.PageCount;

    /// <inheritdoc/>
    public void Load(IWeightSource weights) => _weights.Load(weights);

    /// <inheritdoc/>
    public void Begin(IReadOnlyList<int[]> prompts, int samplesPerPrompt, LogitsReader reader)
    {
        _cache.Clear();
        _sequences.Clear();
        var sources = new List<PagedSequence>();
        var bounds = new List<int> { 0 };
        Reserve(prompts.Sum(p => p.Length));
        var at = 0;
        for (var prompt = 0; prompt < prompts.Count; prompt++)
        {
            var tokens = prompts[prompt];
            var sequence = new PagedSequence();
            _cache.Extend(sequence, tokens.Length);
            sources.Add(sequence);
            for (var position = 0; position < tokens.Length; position++, at++)
            {
                _places[at] = new TokenPlace(tokens[position], sequence, position);
                _wanted[at] = position == tokens.Length - 1 ? prompt : -1;
            }
            bounds.Add(at);
        }
        _rotary.Cover(prompts.Max(p => p.Length));
        // Tokens of one prompt need each other's keys: a prompt stays with one worker.
        var parts = Math.Min(_workers.Length, prompts.Count);
        Share(parts, worker => (bounds[prompts.Count * worker / parts], bounds[prompts.Count * (worker + 1) / parts]), reader);

        for (var prompt = 0; prompt < prompts.Count; prompt++)
        {
            for (var sample = 0; sample < samplesPerPrompt; sample++)
                _sequences.Add(_cache.Fork(sources[prompt], prompts[prompt].Length));
        }
    }

    /// <inheritdoc/>
    public void Arrange(IReadOnlyList<SlotMove> moves, int width)
    {
        foreach (var (from, to) in moves) (_sequences[from], _sequences[to]) = (_sequences[to], _sequences[from]);
        for (var slot = width; slot < _sequences.Count; slot++) _cache.Release(_sequences[slot]);
        _sequences.RemoveRange(width, _sequences.Count - width);
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, LogitsReader reader)
    {
        var rows = tokens.Length;
        Reserve(rows);
        var highest = 0;
        for (var slot = 0; slot < rows; slot++)
        {
            _cache.Extend(_sequences[slot], positions[slot] + 1);
            _places[slot] = new TokenPlace(tokens[slot], _sequences[slot], positions[slot]);
            _wanted[slot] = slot;
            highest = Math.Max(highest, positions[slot]);
        }
        _rotary.Cover(highest + 1);
        var parts = Math.Clamp(rows / LeastRowsOfWorker, 1, _workers.Length);
        Share(parts, worker => (rows * worker / parts, rows * (worker + 1) / parts), reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        _cache.Dispose();
        _weights.Dispose();
    }

    private void Share(int parts, Func<int, (int Start, int End)> part, LogitsReader reader)
    {
        if (parts == 1)
        {
            Compute(0);
            return;
        }
        try
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, Compute);
        }
        catch (AggregateException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }

        void Compute(int worker)
        {
            var (start, end) = part(worker);
            _workers[worker].Compute(_places.AsSpan(start, end - start), _wanted.AsSpan(start, end - start), worker, reader);
        }
    }

    private void Reserve(int rows)
    {
        if (_places.Length >= rows) return;
        _places = new TokenPlace[rows];
        _wanted = new int[rows];
    }
}
