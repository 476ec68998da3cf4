namespace AttnPo.Gpu.Model;

/// <summary>
/// What a configuration says of rotary positions, in <c>rope_theta</c> and <c>rope_scaling</c> or, newer, in <c>rope_parameters</c>.
/// </summary>
internal static class RopeKeys
{
    private const string Scaling = "rope_scaling", Parameters = "rope_parameters";
    private const double DefaultTheta = 10000;

    public static (double Theta, RopeScaling? Scaling) Read(ConfigObject root)
    {
        var (older, newer) = (root.Object(Scaling), root.Object(Parameters));
        // Models whose layers differ keep an object for each kind of layer.
        if (newer?.KeysOfObjects.FirstOrDefault() is { } kind) throw root.Error($"not supported: {Parameters} of their own for {kind}");
        foreach (var stated in new[] { root, older, newer })
        {
            if (stated is { } holder && holder.Number("partial_rotary_factor", 1) is var part and not 1)
                throw root.Error($"not supported: partial_rotary_factor {part}");
        }

        var scaling = older is null ? null : Read(older.Value, Scaling);
        var other = newer is null ? null : Read(newer.Value, Parameters);
        if (older is not null && newer is not null && scaling != other) throw root.Error($"{Scaling} and {Parameters} disagree");
        var owner = newer?.Present("rope_theta") is null ? root : newer.Value;
        return (owner.Number("rope_theta", DefaultTheta), scaling ?? other);
    }

    private static RopeScaling? Read(ConfigObject rope, string key)
    {
        var type = (rope.Present("rope_type") ?? rope.Present("type"))?.ToString();
        return type switch
        {
            "default" => null,
            // Files of before the scaling state a base alone; a scaling without a name could be any.
            null when key == Parameters => null,
            null => throw rope.Error($"{key} has no rope_type"),
            "llama3" => new RopeScaling(
                rope.Number("factor"), rope.Number("low_freq_factor"), rope.Number("high_freq_factor"),
                rope.Integer("original_max_position_embeddings")),
            _ => throw rope.Error($"not supported: {key} type {type}; supported: default, llama3"),
        };
    }
}
