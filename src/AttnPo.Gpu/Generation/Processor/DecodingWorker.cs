using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>A token to compute: of which sequence, and where in it.</summary>
internal readonly record struct TokenPlace(int Token, PagedSequence Sequence, int Position);

/// <summary>
/// Takes tokens through all layers on one thread. Each token's result has the same bits whatever tokens are computed with it;
/// tokens of one sequence come in their order, and see those before them in the same call.
/// </summary>
internal sealed unsafe class DecodingWorker : IDisposable
{
    // So many that a panel of weights is used often while it is near, so few that their activations stay near as well.
    private const int MaximumRows = 64;

    private readonly ModelConfig _config;
    private readonly PackedWeights _weights;
    private readonly CacheShape _shape;
    private readonly RotaryTable _rotary;
    private readonly AttentionKernel _attention;
    private readonly int _hidden, _joined, _inner;
    private readonly float _queryScale;
    private readonly FloatBuffer _stream, _normal, _heads, _mixed, _gate, _logits;

    public DecodingWorker(ModelConfig config, PackedWeights weights, CacheShape shape, RotaryTable rotary)
    {
        (_config, _weights, _shape, _rotary) = (config, weights, shape, rotary);
        _queryScale = 1 / MathF.Sqrt(config.HeadSize);
        _attention = new AttentionKernel(shape);
        _hidden = PackedMatrix.Padded(config.HiddenSize);
        _joined = (config.Heads + 2 * config.KeyValueHeads) * shape.HeadWidth;
        _inner = PackedMatrix.Padded(config.IntermediateSize);
        (_stream, _normal) = (Rows(_hidden), Rows(_hidden));
        (_heads, _mixed) = (Rows(_joined), Rows(config.Heads * shape.HeadWidth));
        (_gate, _logits) = (Rows(2 * _inner), Rows(weights.Head.Outputs));

        static FloatBuffer Rows(int size) => new((long)MaximumRows * size);
    }

    /// <summary>Computes tokens, whose sequences have room, and shows the logits of those that are wanted.</summary>
    /// <param name="places">The tokens.</param>
    /// <param name="wanted">For each, the row to show its logits as; negative: nobody wants them.</param>
    /// <param name="worker">Own number.</param>
    /// <param name="reader">Is shown the logits.</param>
    public void Compute(ReadOnlySpan<TokenPlace> places, ReadOnlySpan<int> wanted, int worker, LogitsReader reader)
    {
        for (var start = 0; start < places.Length; start += MaximumRows)
        {
            var count = Math.Min(MaximumRows, places.Length - start);
            ComputeRows(places.Slice(start, count), wanted.Slice(start, count), worker, reader);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in new[] { _stream, _normal, _heads, _mixed, _gate, _logits }) buffer.Dispose();
        _attention.Dispose();
    }

    private void ComputeRows(ReadOnlySpan<TokenPlace> places, ReadOnlySpan<int> wanted, int worker, LogitsReader reader)
    {
        var rows = places.Length;
        for (var row = 0; row < rows; row++)
        {
            var stream = new Span<float>(_stream.Pointer + row * _hidden, _hidden);
            _weights.Embedding.Get(places[row].Token, stream);
            // What is not a number would stay in the padding for good.
            stream[_config.HiddenSize..].Clear();
        }
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            var packed = _weights.Layers[layer];
            Normalize(rows, packed.InputNorm);
            packed.Joined.Multiply(_normal.Pointer, _hidden, rows, _heads.Pointer, packed.JoinedBias.Pointer);
            for (var row = 0; row < rows; row++) Remember(layer, row, places[row]);
            for (var row = 0; row < rows; row++) Attend(layer, row, places[row]);
            if (packed.OutputBias is { } bias)
                for (var row = 0; row < rows; row++) VectorMath.Add(_stream.Pointer + row * _hidden, bias.Pointer, _hidden);
            packed.Output.Multiply(_mixed.Pointer, _config.Heads * _shape.HeadWidth, rows, _stream.Pointer, accumulate: true);

            Normalize(rows, packed.InnerNorm);
            packed.GateAndUp.Multiply(_normal.Pointer, _hidden, rows, _gate.Pointer);
            for (var row = 0; row < rows; row++)
                VectorMath.Gate(_gate.Pointer + row * 2 * _inner, _gate.Pointer + row * 2 * _inner + _inner, _inner);
            packed.Down.Multiply(_gate.Pointer, 2 * _inner, rows, _stream.Pointer, accumulate: true);
        }
        ShowLogits(wanted, worker, reader);
    }

    private void Normalize(int rows, FloatBuffer weights)
    {
        for (var row = 0; row < rows; row++) NormalizeRow(row, row, weights);
    }

    private void NormalizeRow(int from, int to, FloatBuffer weights) => VectorMath.Normalize(
        _stream.Pointer + from * _hidden, _normal.Pointer + to * _hidden, weights.Pointer, _hidden, _config.HiddenSize,
        (float)_config.RmsNormEpsilon);

    /// <summary>Normalises, rotates and scales queries and keys; keys and values go to the cache.</summary>
    private void Remember(int layer, int row, TokenPlace place)
    {
        var heads = _heads.Pointer + (long)row * _joined;
        var width = _shape.HeadWidth;
        var packed = _weights.Layers[layer];
        for (var head = 0; head < _config.Heads + _config.KeyValueHeads; head++)
        {
            var at = heads + head * width;
            var isQuery = head < _config.Heads;
            if ((isQuery ? packed.QueryNorm : packed.KeyNorm) is { } norm)
                VectorMath.Normalize(at, at, norm.Pointer, width, _config.HeadSize, (float)_config.RmsNormEpsilon);
            _rotary.Rotate(at, place.Position);
            if (isQuery) VectorMath.Scale(at, width, _queryScale);
        }
        var keys = heads + _config.Heads * width;
        var values = keys + _config.KeyValueHeads * width;
        var page = (float*)place.Sequence.Pages[place.Position / CacheShape.PagePositions];
        for (var head = 0; head < _config.KeyValueHeads; head++)
            AttentionKernel.Store(_shape, page + _shape.Head(layer, head), place.Position, keys + head * width, values + head * width);
    }

    private void Attend(int layer, int row, TokenPlace place)
    {
        var width = _shape.HeadWidth;
        var queries = _heads.Pointer + (long)row * _joined;
        var mixed = _mixed.Pointer + (long)row * _config.Heads * width;
        for (var keyHead = 0; keyHead < _config.KeyValueHeads; keyHead++)
        {
            int first = keyHead * _config.HeadsPerKeyValue, last = first + _config.HeadsPerKeyValue - 1;
            for (var head = first; head <= last; head += 2)
            {
                var other = Math.Min(head + 1, last);
                _attention.Attend(
                    place.Sequence.Pages, _shape.Head(layer, keyHead), place.Position + 1,
                    queries + head * width, queries + other * width, mixed + head * width, mixed + other * width);
            }
        }
    }

    private void ShowLogits(ReadOnlySpan<int> wanted, int worker, LogitsReader reader)
    {
        var count = 0;
        for (var row = 0; row < wanted.Length; row++)
            if (wanted[row] >= 0) NormalizeRow(row, count++, _weights.Norm);
        if (count == 0) return;
        _weights.Head.Multiply(_normal.Pointer, _hidden, count, _logits.Pointer);
        count = 0;
        foreach (var row in wanted)
        {
            if (row < 0) continue;
            reader(worker, row, new ReadOnlySpan<float>(_logits.Pointer + (long)count++ * _weights.Head.Outputs, _config.VocabularySize));
        }
    }
}
