using System.Text.Json;

namespace AttnPo.Actors.Tests.Fakes;

internal static class Metrics
{
    public static Dictionary<string, JsonElement> Parse(string line) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(line)!;

    public static string WithoutTimes(string line) => JsonSerializer.Serialize(
        Parse(line).Where(pair => !pair.Key.StartsWith("time/", StringComparison.Ordinal) && pair.Key != "tokens_per_s").ToDictionary());
}
