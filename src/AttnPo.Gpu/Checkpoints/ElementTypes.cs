using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>A type that tensors have in a file.</summary>
/// <param name="Name">In the header of a safetensors file.</param>
/// <param name="Size">Bytes of an element.</param>
/// <param name="Scalar">In memory.</param>
/// <param name="ConfigName">In <c>config.json</c>.</param>
internal sealed record ElementType(string Name, int Size, ScalarType Scalar, string ConfigName);

/// <summary>The types that are read and written; training computes in 32-bit floats.</summary>
internal static class ElementTypes
{
    public static ElementType F32 { get; } = new("F32", 4, ScalarType.Float32, "float32");

    public static ElementType BF16 { get; } = new("BF16", 2, ScalarType.BFloat16, "bfloat16");

    public static ElementType F16 { get; } = new("F16", 2, ScalarType.Float16, "float16");

    private static readonly ElementType[] All = [F32, BF16, F16];

    public static string Supported => string.Join(", ", All.Select(type => type.Name));

    public static string ConfigNames => string.Join(", ", All.Select(type => type.ConfigName));

    public static ElementType? Find(string name) => All.FirstOrDefault(type => type.Name == name);

    public static ElementType? FindConfigName(string name) => All.FirstOrDefault(type => type.ConfigName == name);
}
