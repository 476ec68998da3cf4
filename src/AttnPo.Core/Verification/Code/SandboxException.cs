namespace AttnPo.Core.Verification.Code;

/// <summary>Programs cannot be run here, or one could not be: says nothing about the program. The message says what to do.</summary>
public sealed class SandboxException(string message, Exception? inner = null) : Exception(message, inner);
