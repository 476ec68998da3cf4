using System.CommandLine;
using AttnPo.Core.Data.Rows;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Commands;

/// <summary>The options of every command that turns rows into rows: --in, --out, --skip-bad.</summary>
internal sealed class RowOptions
{
    private readonly Option<string> _in = new("--in") { Description = "JSON Lines to read; - is standard input.", HelpName = "FILE", Required = true };
    private readonly Option<string> _out = new("--out") { Description = "JSON Lines to write, whole or not at all; - is standard output.", HelpName = "FILE", Required = true };
    private readonly Option<bool> _skipBad = new("--skip-bad") { Description = "Count and leave out rows that cannot be read instead of stopping at the first." };

    /// <summary>Adds them to a command.</summary>
    public RowOptions(Command command)
    {
        command.Add(_in);
        command.Add(_out);
        command.Add(_skipBad);
    }

    /// <summary>
    /// Reads every row with <paramref name="read"/> and hands batches of them to <paramref name="write"/>, then makes the output visible.
    /// </summary>
    public int Run<T>(ParseResult parsed, Func<Row, T> read, int batch, Action<IReadOnlyList<T>, RowWriter> write, CancellationToken cancellation)
    {
        var reader = new RowReader(parsed.GetRequiredValue(_in), parsed.GetValue(_skipBad));
        using var writer = new RowWriter(parsed.GetRequiredValue(_out));
        foreach (var rows in reader.Read(read).Chunk(batch))
        {
            cancellation.ThrowIfCancellationRequested();
            write(rows, writer);
        }

        writer.Commit();
        var skipped = reader.Skipped > 0 ? $", {reader.Skipped} left out (the first: {reader.FirstSkipped})" : "";
        parsed.InvocationConfiguration.Error.WriteLine($"{writer.Rows} rows written{skipped}");
        return ExitCode.Done;
    }
}
