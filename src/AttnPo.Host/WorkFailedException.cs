namespace AttnPo.Host;

/// <summary>The work cannot be done: the command ends with exit code 1 and this one line, which says what to do.</summary>
internal sealed class WorkFailedException(string message) : Exception(message);
