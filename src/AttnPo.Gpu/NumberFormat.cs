namespace AttnPo.Gpu;

/// <summary>How weights are held, or products computed.</summary>
public enum NumberFormat
{
    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>bfloat16: the range of 32-bit floats with 8 bits of precision; half the memory.</summary>
    BFloat16,
}
