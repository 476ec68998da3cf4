using AttnPo.Core.Verification;

namespace AttnPo.Core.Data;

/// <summary>One question, ready for the tokenizer.</summary>
/// <param name="Index">Its place in the set it comes from.</param>
/// <param name="Text">The whole text in front of the response, the template applied.</param>
/// <param name="Gold">What responses are judged against.</param>
public sealed record Prompt(long Index, string Text, Gold Gold);
