namespace AttnPo.Gpu.Generation.Processor;

/// <summary>
/// Cosines and sines of the rotary angles, for as many positions as have been asked for. Angles are rounded to 32 bits as the
/// decoder and the reference implementations do, whose results would otherwise drift away at high positions.
/// </summary>
internal sealed class RotaryTable(float[] frequencies)
{
    private const int Positions = 256;

    private readonly int _half = frequencies.Length;
    private float[] _cos = [];
    private float[] _sin = [];

    /// <summary>To be called, from one thread, before positions below the limit are used.</summary>
    public void Cover(int limit)
    {
        if (_cos.Length >= (long)limit * _half) return;
        var positions = (limit + limit / 2 + Positions - 1) / Positions * Positions;
        var (cos, sin) = (new float[checked(positions * _half)], new float[checked(positions * _half)]);
        for (var i = 0; i < _half; i++)
        {
            for (var position = 0; position < positions; position++)
            {
                var angle = position * frequencies[i];
                (sin[position * _half + i], cos[position * _half + i]) = MathF.SinCos(angle);
            }
        }
        (_cos, _sin) = (cos, sin);
    }

    /// <summary>Rotates a head's two halves against each other.</summary>
    public unsafe void Rotate(float* head, int position)
    {
        var cos = _cos.AsSpan(position * _half, _half);
        var sin = _sin.AsSpan(position * _half, _half);
        for (var i = 0; i < cos.Length; i++)
        {
            var (a, b) = (head[i], head[i + _half]);
            head[i] = a * cos[i] - b * sin[i];
            head[i + _half] = b * cos[i] + a * sin[i];
        }
    }
}
