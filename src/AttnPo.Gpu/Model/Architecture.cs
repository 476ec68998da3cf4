namespace AttnPo.Gpu.Model;

/// <summary>Families of decoders. They differ in the biases and norms of attention; the rest is configuration.</summary>
public enum Architecture
{
    /// <summary>Biases on queries, keys and values.</summary>
    Qwen2,

    /// <summary>Each head's queries and keys are normalised before they are rotated.</summary>
    Qwen3,

    /// <summary>Neither biases, unless the configuration asks for them, nor norms of heads.</summary>
    Llama,
}
