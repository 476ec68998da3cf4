using System.Text.Json;

namespace AttnPo.Host.Control;

/// <summary>How replies are written between endpoint and client: names in lower case, nothing left out.</summary>
internal static class ControlJson
{
    /// <summary>For both sides.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}
