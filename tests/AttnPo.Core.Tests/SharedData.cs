using System.Text.Json;
using Xunit;

namespace AttnPo.Core.Tests;

/// <summary>The reference data that lies beside the repository where it is developed; a clone elsewhere goes without.</summary>
internal static class SharedData
{
    public static string Require(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", relativePath);
            if (Path.Exists(path)) return path;
        }
        Skip.If(true, $"shared/data/{relativePath} does not lie beside the repository.");
        throw new InvalidOperationException("Skipped.");
    }

    public static IEnumerable<JsonElement> Rows(string relativePath) =>
        File.ReadLines(Require(relativePath)).Select(line => JsonSerializer.Deserialize<JsonElement>(line));
}
