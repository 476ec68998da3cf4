namespace AttnPo.Gpu.Checkpoints;

/// <summary>Compares the tensors that files hold with those that there must be.</summary>
internal static class TensorInventory
{
    /// <summary>Refuses files that do not hold exactly the expected tensors in their shapes.</summary>
    /// <param name="list">The file that lists them all, to be named where one is missing.</param>
    /// <param name="holders">Which file holds which tensor.</param>
    /// <param name="expected">Names and shapes; read up to the first that is missing.</param>
    /// <param name="isSurplus">Tensors that may be there beside the expected; null: none may.</param>
    public static void Require(
        string list, IReadOnlyDictionary<string, SafetensorsFile> holders, IEnumerable<(string Name, long[] Shape)> expected,
        Func<string, bool>? isSurplus = null)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, shape) in expected)
        {
            if (!holders.TryGetValue(name, out var file))
                throw new InvalidDataException($"{list}: tensor {name} is missing; expected shape [{string.Join(", ", shape)}]");
            var found = file.Tensors[name].Shape;
            if (!found.AsSpan().SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"{file.Path}: tensor {name} has shape [{string.Join(", ", found)}]; expected [{string.Join(", ", shape)}]");
            }
            names.Add(name);
        }
        foreach (var (name, file) in holders)
        {
            if (names.Contains(name) || isSurplus?.Invoke(name) == true) continue;
            throw new InvalidDataException($"{file.Path}: tensor {name} is not part of the model that the configuration describes");
        }
    }
}
