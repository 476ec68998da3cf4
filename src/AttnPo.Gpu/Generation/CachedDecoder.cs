using System.Runtime.InteropServices;
using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Generation;

/// <summary>The decoder with a cache of keys and values, in tensor operations, on any device.</summary>
internal sealed class CachedDecoder : IPolicyModel
{
    private readonly Decoder _decoder;
    private readonly KeyValueCache _cache;
    private float[] _logits = [];
    private int[] _padding = [];
    private bool _isPadded;

    // 0 or minus infinity for each slot and column: (slots, 1, 1, columns)
    private Tensor? _mask;

    public CachedDecoder(ModelConfig config, Device device, NumberFormat format = NumberFormat.Float32)
    {
        _decoder = new Decoder(config, device, format);
        _cache = new KeyValueCache(config, device, _decoder.WeightType);
    }

    /// <inheritdoc/>
    public int VocabularySize => _decoder.Config.VocabularySize;

    /// <inheritdoc/>
    public int LongestSequence => _decoder.Config.MaxPositions;

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public bool MovesAreFree => false;

    /// <inheritdoc/>
    public void Load(IWeightSource weights)
    {
        _decoder.CopyFrom(weights);
        _decoder.Fuse();
    }

    /// <inheritdoc/>
    public void Begin(IReadOnlyList<int[]> prompts, int samplesPerPrompt, LogitsReader reader)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var length = prompts.Max(p => p.Length);
        _cache.Begin(prompts.Count, samplesPerPrompt, length);
        _padding = [.. prompts.SelectMany(p => Enumerable.Repeat(length - p.Length, samplesPerPrompt))];
        _isPadded = _padding.Any(p => p > 0);

        var ids = new long[prompts.Count * length];
        var positions = new long[ids.Length];
        for (var prompt = 0; prompt < prompts.Count; prompt++)
        {
            var padding = length - prompts[prompt].Length;
            for (var column = padding; column < length; column++)
            {
                ids[prompt * length + column] = prompts[prompt][column - padding];
                positions[prompt * length + column] = column - padding;
            }
        }
        var pass = new ForwardPass
        {
            Compute = _decoder.WeightType,
            Cache = _cache,
            Positions = _isPadded ? OnDevice(positions).view(prompts.Count, length) : null,
            PositionLimit = length,
            Mask = _isPadded ? PromptMask(prompts, length) : null,
        };
        var hidden = _decoder.Forward(OnDevice(ids).view(prompts.Count, length), pass);
        _cache.EndPrompts();
        _mask?.Dispose();
        _mask = _isPadded ? ColumnMask(length).DetachFromDisposeScope() : null;
        Show(_decoder.Logits(hidden.select(1, length - 1)), reader);
    }

    /// <inheritdoc/>
    public void Arrange(IReadOnlyList<SlotMove> moves, int width)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        if (moves.Count == 0)
        {
            _cache.Narrow(width);
            return;
        }
        var from = OnDevice([.. moves.Select(m => (long)m.From)]);
        var to = OnDevice([.. moves.Select(m => (long)m.To)]);
        _cache.Arrange(from, to, width);
        _mask?.index_copy_(0, to, _mask.index_select(0, from));
        foreach (var move in moves) _padding[move.To] = _padding[move.From];
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, LogitsReader reader)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _cache.AddColumn();
        var (ids, places) = (new long[tokens.Length], new long[tokens.Length]);
        long highest = 0;
        for (var slot = 0; slot < tokens.Length; slot++)
        {
            (ids[slot], places[slot]) = (tokens[slot], positions[slot]);
            highest = Math.Max(highest, positions[slot]);
        }
        if (_isPadded && _mask!.size(3) < _cache.Length)
        {
            var former = _mask;
            _mask = ColumnMask(_cache.Length + _cache.Length / 2).DetachFromDisposeScope();
            former.Dispose();
        }
        var pass = new ForwardPass
        {
            Compute = _decoder.WeightType,
            Cache = _cache,
            Positions = OnDevice(places).unsqueeze(1),
            PositionLimit = highest + 1,
            Mask = _mask?.narrow(0, 0, tokens.Length).narrow(3, 0, _cache.Length),
        };
        var hidden = _decoder.Forward(OnDevice(ids).unsqueeze(1), pass);
        Show(_decoder.Logits(hidden.squeeze(1)), reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        _mask?.Dispose();
        _decoder.Dispose();
    }

    private Tensor OnDevice(long[] values) => tensor(values, int64, _decoder.Device);

    // A padding position sees itself alone: without anything to see its softmax would not be a number.
    private Tensor PromptMask(IReadOnlyList<int[]> prompts, int length)
    {
        var columns = arange(length, int64, _decoder.Device);
        var padding = OnDevice([.. prompts.Select(p => (long)(length - p.Length))]).view(-1, 1, 1, 1);
        var (keys, queries) = (columns.unsqueeze(0), columns.unsqueeze(1));
        var seen = keys.le(queries).logical_and(keys.ge(padding)).logical_or(keys.eq(queries));
        return Additive(seen);
    }

    private Tensor ColumnMask(long columns)
    {
        var padding = OnDevice([.. _padding.Select(p => (long)p)]).view(-1, 1, 1, 1);
        return Additive(arange(columns, int64, _decoder.Device).ge(padding));
    }

    private Tensor Additive(Tensor seen) =>
        zeros_like(seen, _decoder.WeightType).masked_fill_(seen.logical_not(), float.NegativeInfinity);

    private void Show(Tensor logits, LogitsReader reader)
    {
        var count = checked((int)logits.numel());
        if (_logits.Length < count) _logits = new float[count];
        using var here = logits.cpu().contiguous();
        MemoryMarshal.Cast<byte, float>(here.bytes).CopyTo(_logits);
        for (var row = 0; row < logits.size(0); row++) reader(0, row, _logits.AsSpan(row * VocabularySize, VocabularySize));
    }
}
