namespace AttnPo.Core.Verification.Expressions;

/// <summary>A text is no answer that can be read.</summary>
internal sealed class UnreadableException(string message) : Exception(message);
