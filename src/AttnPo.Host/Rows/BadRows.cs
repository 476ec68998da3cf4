namespace AttnPo.Host.Rows;

/// <summary>Stops a command at the first row that cannot be used, or counts such rows.</summary>
/// <param name="skip">Whether bad rows are left out; null for a command that cannot.</param>
/// <param name="means">What has them left out, for the message.</param>
internal sealed class BadRows(bool? skip, string means = "--skip-bad")
{
    /// <summary>Rows left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>The first reason for which a row was left out, with its place.</summary>
    public string? First { get; private set; }

    /// <summary>How many rows were left out, and why the first; null where none was.</summary>
    public string? Report => Skipped == 0 ? null : $"{Skipped} rows left out (the first: {First})";

    /// <summary>Takes notice of a row.</summary>
    /// <exception cref="WorkFailedException">Bad rows are not to be left out.</exception>
    public void Add(string place, string fault)
    {
        var reason = $"{place}: {fault}";
        if (skip != true)
            throw new WorkFailedException($"{reason}; mend the row{(skip is null ? "" : $", or leave such rows out with {means}")}");
        Skipped++;
        First ??= reason;
    }
}
