using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Scoring;

/// <summary>
/// Collects, during a forward pass, how much the answer's tokens attend to each reasoning step, for chosen heads. Of the T x T
/// attention of a head only the answer's rows are computed, a chunk of rows at a time, and of these only their sum is kept, so that
/// all heads of a long response fit where a few of a short one do.
/// </summary>
/// <param name="config">The model's shape.</param>
/// <param name="heads">The chosen heads, in any order.</param>
/// <param name="requests">The sequences of the batch.</param>
/// <param name="elements">Attention weights computed at once; a row of the chosen heads of one layer always is.</param>
internal sealed class AnswerAttention(
    ModelConfig config, IReadOnlyList<HeadId> heads, IReadOnlyList<ScoreRequest> requests, long elements = AnswerAttention.Elements)
    : IAttentionObserver, IDisposable
{
    /// <summary>64 MiB of 32-bit floats, twice for a moment: before and after the softmax.</summary>
    public const long Elements = 1 << 24;

    private readonly ILookup<int, int> _headsOfLayer = Enumerable.Range(0, heads.Count).ToLookup(i => heads[i].Layer);

    // All of it stays on the device until the pass is over: each copy from there would wait for the work before it.
    private readonly List<(int Sequence, int[] Chosen, Tensor Scores)> _found = [];
    private readonly Dictionary<int, StepColumns> _columns = [];
    private Tensor? _future;

    /// <summary>The largest number of attention weights that were computed at once.</summary>
    public long LargestChunk { get; private set; }

    public void Observe(int layer, Tensor queries, Tensor keys)
    {
        var chosen = _headsOfLayer[layer].ToArray();
        if (chosen.Length == 0) return;
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var queryHeads = tensor(Array.ConvertAll(chosen, i => (long)heads[i].Head), device: queries.device);
        var keyHeads = tensor(Array.ConvertAll(chosen, i => (long)(heads[i].Head / config.HeadsPerKeyValue)), device: queries.device);
        for (var b = 0; b < requests.Count; b++)
        {
            var request = requests[b];
            var length = request.Prompt.Length + request.Response.Length;
            var first = request.Prompt.Length + request.ThinkEnd + 1;
            if (request.ThinkEnd < 0 || request.Steps.Count == 0 || first == length) continue;
            using var each = NewDisposeScope();
            // (chosen, rows, head size) and (chosen, length, head size)
            var asking = queries.select(0, b).narrow(1, first, length - first).index_select(0, queryHeads).to(float32)
                .div(Math.Sqrt(config.HeadSize));
            var asked = keys.select(0, b).narrow(1, 0, length).index_select(0, keyHeads).to(float32);
            if (!_columns.TryGetValue(b, out var columns)) _columns[b] = columns = StepColumns.Of(request, queries.device);
            _found.Add((b, chosen, columns.Means(ColumnsBefore(asking, asked, first)).DetachFromDisposeScope()));
        }
    }

    /// <summary>What was collected, [sequence][head][step]; 0 where there is nothing to attend from.</summary>
    public double[][][] Scores()
    {
        var scores = requests.Select(request => heads.Select(_ => request.ThinkEnd < 0 ? [] : new double[request.Steps.Count]).ToArray()).ToArray();
        foreach (var (sequence, chosen, found) in _found)
        {
            using var copy = found.cpu().contiguous();
            var values = copy.data<double>().ToArray();
            var steps = requests[sequence].Steps.Count;
            for (var i = 0; i < chosen.Length; i++) values.AsSpan(i * steps, steps).CopyTo(scores[sequence][chosen[i]]);
        }
        return scores;
    }

    /// <summary>(chosen, length + 1), 64-bit: attention of all rows together to the columns before each.</summary>
    /// <param name="asking">(chosen, rows, head size), scaled.</param>
    /// <param name="asked">(chosen, length, head size)</param>
    /// <param name="first">Position of the first row.</param>
    private Tensor ColumnsBefore(Tensor asking, Tensor asked, int first)
    {
        long chosen = asked.size(0), length = asked.size(1), rows = asking.size(1);
        var sums = zeros([chosen, length + 1], float64, asked.device);
        var size = Math.Clamp(elements / (chosen * length), 1, rows);
        for (long from = 0; from < rows; from += size)
        {
            using var chunk = NewDisposeScope();
            var count = Math.Min(size, rows - from);
            // No row of the chunk sees beyond its last; only the chunk's own positions need a mask.
            var seen = first + from + count;
            var attention = asking.narrow(1, from, count).matmul(asked.narrow(1, 0, seen).transpose(1, 2));
            LargestChunk = Math.Max(LargestChunk, attention.numel());
            attention.narrow(2, seen - count, count).masked_fill_(Future(count, asked.device), float.NegativeInfinity);
            sums.narrow(1, 1, seen).add_(attention.softmax(-1).sum(1));
        }
        return sums.cumsum(1);
    }

    /// <summary>(count, count): true above the diagonal.</summary>
    private Tensor Future(long count, Device device)
    {
        if (_future is null || _future.size(0) < count)
        {
            _future?.Dispose();
            _future = ones([count, count], ScalarType.Bool, device).triu(1).DetachFromDisposeScope();
        }
        return _future.narrow(0, 0, count).narrow(1, 0, count);
    }

    public void Dispose()
    {
        foreach (var (_, _, scores) in _found) scores.Dispose();
        foreach (var columns in _columns.Values) columns.Dispose();
        _future?.Dispose();
    }

    /// <summary>Where the steps of a sequence lie: positions, as an index into sums over the columns before each.</summary>
    private sealed record StepColumns(Tensor Starts, Tensor Ends, Tensor Lengths) : IDisposable
    {
        public static StepColumns Of(ScoreRequest request, Device device)
        {
            var prompt = request.Prompt.Length;
            return new StepColumns(
                Kept([.. request.Steps.Select(step => (long)prompt + step.Start)]),
                Kept([.. request.Steps.Select(step => (long)prompt + step.End)]),
                Kept([.. request.Steps.Select(step => (long)step.End - step.Start)]));

            Tensor Kept(long[] values) => tensor(values, device: device).DetachFromDisposeScope();
        }

        /// <summary>(chosen, length + 1) -> (chosen, steps): mean over each step's columns.</summary>
        public Tensor Means(Tensor before) => before.index_select(1, Ends).sub_(before.index_select(1, Starts)).div_(Lengths);

        public void Dispose()
        {
            Starts.Dispose();
            Ends.Dispose();
            Lengths.Dispose();
        }
    }
}
