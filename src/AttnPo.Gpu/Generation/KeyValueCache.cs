using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Generation;

/// <summary>
/// Keys and values of every slot of a batch. Sequences are aligned on the right: the newest position of each stands in the same
/// column, so that a step writes one column and reads the columns in use. The memory is kept from batch to batch and grows when
/// a batch needs more.
/// </summary>
internal sealed class KeyValueCache(ModelConfig config, Device device, ScalarType type) : IKeyValueCache, IDisposable
{
    // Columns are added in blocks of this, or by half, since the longest response is not known beforehand.
    private const int ColumnBlock = 64;

    private readonly Tensor?[] _keys = new Tensor?[config.Layers];
    private readonly Tensor?[] _values = new Tensor?[config.Layers];
    private long _rows, _columns;
    private int _samplesPerPrompt;
    private bool _holdsPrompts;

    /// <summary>Slots in use.</summary>
    public long Width { get; private set; }

    /// <summary>Columns in use.</summary>
    public long Length { get; private set; }

    /// <summary>Forgets everything; the next pass brings the prompts, which all the samples of a prompt share.</summary>
    public void Begin(int prompts, int samplesPerPrompt, int length)
    {
        (_samplesPerPrompt, _holdsPrompts) = (samplesPerPrompt, false);
        (Width, Length) = ((long)prompts * samplesPerPrompt, length);
        if (Width <= _rows && Length <= _columns) return;
        Free();
        (_rows, _columns) = (Math.Max(Width, _rows), Math.Max(RoundUp(length + 1), _columns));
        for (var layer = 0; layer < config.Layers; layer++) (_keys[layer], _values[layer]) = (Empty(), Empty());
    }

    /// <summary>The prompts' pass is over: from here on each pass adds one column.</summary>
    public void EndPrompts() => _holdsPrompts = true;

    /// <summary>Makes room for a column, before the pass that fills it.</summary>
    public void AddColumn()
    {
        if (Length == _columns) Widen(RoundUp(Length + Length / 2));
        Length++;
    }

    /// <inheritdoc/>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        if (!_holdsPrompts)
        {
            Spread(_keys[layer]!, keys);
            Spread(_values[layer]!, values);
            return (keys, values);
        }
        return (Write(_keys[layer]!, keys), Write(_values[layer]!, values));
    }

    /// <summary>Copies rows to other slots, then keeps the first slots only.</summary>
    public void Arrange(Tensor from, Tensor to, int width)
    {
        foreach (var cached in _keys.Concat(_values))
        {
            using var used = cached!.narrow(2, 0, Length);
            using var rows = used.index_select(0, from);
            using var _ = used.index_copy_(0, to, rows);
        }
        Width = width;
    }

    /// <summary>Keeps the first slots only.</summary>
    public void Narrow(int width) => Width = width;

    /// <inheritdoc/>
    public void Dispose() => Free();

    // (P, key heads, T, head size) -> the first T columns of the samples of each prompt
    private void Spread(Tensor cached, Tensor prompts)
    {
        using var scope = NewDisposeScope();
        long[] each = [prompts.size(0), _samplesPerPrompt, config.KeyValueHeads, Length, config.HeadSize];
        cached.narrow(0, 0, Width).narrow(2, 0, Length).view(each).copy_(prompts.unsqueeze(1));
    }

    // (B, key heads, 1, head size) -> all columns in use; the views belong to the scope of the caller
    private Tensor Write(Tensor cached, Tensor column)
    {
        using var rows = cached.narrow(0, 0, Width);
        using (var last = rows.narrow(2, Length - 1, 1)) last.copy_(column);
        return rows.narrow(2, 0, Length);
    }

    private void Widen(long columns)
    {
        for (var layer = 0; layer < config.Layers; layer++)
        {
            _keys[layer] = Widened(_keys[layer]!);
            _values[layer] = Widened(_values[layer]!);
        }
        _columns = columns;

        Tensor Widened(Tensor old)
        {
            using var scope = NewDisposeScope();
            var wider = empty([_rows, config.KeyValueHeads, columns, config.HeadSize], type, device);
            wider.narrow(0, 0, Width).narrow(2, 0, Length).copy_(old.narrow(0, 0, Width).narrow(2, 0, Length));
            old.Dispose();
            return wider.DetachFromDisposeScope();
        }
    }

    private Tensor Empty() =>
        empty([_rows, config.KeyValueHeads, _columns, config.HeadSize], type, device).DetachFromDisposeScope();

    private void Free()
    {
        foreach (var cached in _keys.Concat(_values)) cached?.Dispose();
        Array.Clear(_keys);
        Array.Clear(_values);
    }

    private static long RoundUp(long columns) => (columns + ColumnBlock - 1) / ColumnBlock * ColumnBlock;
}
