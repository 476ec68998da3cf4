namespace AttnPo.Gpu.Model;

/// <summary>What configuration files call the architectures.</summary>
internal static class ArchitectureNames
{
    private static readonly (Architecture Architecture, string Name, string Type)[] All =
    [
        (Architecture.Qwen2, "Qwen2ForCausalLM", "qwen2"),
        (Architecture.Qwen3, "Qwen3ForCausalLM", "qwen3"),
        (Architecture.Llama, "LlamaForCausalLM", "llama"),
    ];

    /// <summary>All names, to tell a user what there is.</summary>
    public static string Supported => string.Join(", ", All.Select(a => a.Name));

    /// <summary>An entry of <c>architectures</c>.</summary>
    public static string Name(this Architecture architecture) => All.Single(a => a.Architecture == architecture).Name;

    /// <summary>The <c>model_type</c>.</summary>
    public static string Type(this Architecture architecture) => All.Single(a => a.Architecture == architecture).Type;

    /// <summary>The architecture of that name; null: there is none.</summary>
    public static Architecture? OfName(string name)
    {
        foreach (var known in All)
            if (known.Name == name) return known.Architecture;
        return null;
    }

    /// <summary>The architecture of that model type; null: there is none.</summary>
    public static Architecture? OfType(string type)
    {
        foreach (var known in All)
            if (known.Type == type) return known.Architecture;
        return null;
    }
}
