using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>A type that tensors have in a file.</summary>
internal sealed record ElementType(string Name, int Size, ScalarType Scalar);

/// <summary>The types that are read; everything is computed in 32-bit floats.</summary>
internal static class ElementTypes
{
    public static ElementType F32 { get; } = new("F32", 4, ScalarType.Float32);

    private static readonly ElementType[] All = [F32, new("BF16", 2, ScalarType.BFloat16), new("F16", 2, ScalarType.Float16)];

    public static string Supported => string.Join(", ", All.Select(type => type.Name));

    public static ElementType? Find(string name) => All.FirstOrDefault(type => type.Name == name);
}
