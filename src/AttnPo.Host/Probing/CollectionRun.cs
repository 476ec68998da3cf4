using System.Globalization;
using AttnPo.Host.Progress;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Probing;

/// <summary>Collects until there is enough, and goes on where an interrupted collection of the same settings stopped.</summary>
/// <param name="output">The probe's folder.</param>
/// <param name="rows">Writes responses down.</param>
/// <param name="notices">Is told what was seen.</param>
internal sealed class CollectionRun(ProbeFolder output, LabelledRowWriter rows, TextWriter notices)
{
    /// <summary>Where the rows are until there are enough.</summary>
    public const string PartialFile = ProbeFolder.ResponsesFile + ".partial";

    /// <summary>Writes the responses.</summary>
    /// <param name="collection">Gives them.</param>
    /// <param name="identity">What decides them. How many are wanted does not: more may be asked for later on.</param>
    /// <param name="cancellation">Ends it; what whole stretches of prompts gave is kept.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="WorkFailedException">There is none.</exception>
    public int Run(Collection collection, IReadOnlyList<(string Name, string Value)> identity, CancellationToken cancellation)
    {
        var wanted = collection.Settings.Wanted;
        using var file = new CollectionFile(output.At(PartialFile), identity);
        if (file.Counts.Prompts > 0)
            notices.WriteLine($"going on after {file.Counts.Prompts} questions and {file.Rows} responses, which are in {output.At(PartialFile)}");
        try
        {
            CountedProgress.Run("responses", Math.Max(1, wanted - file.Rows), advance =>
            {
                while (file.Rows < wanted && file.Counts.Prompts < collection.Count)
                {
                    var (taken, counts) = collection.Next(file.Counts.Prompts, cancellation);
                    file.Append(
                        [.. taken.Select(response => RowWriter.Line(json => rows.Write(json, response, StepFindings.None)))], counts);
                    foreach (var _ in taken) advance();
                }
            });
        }
        catch (OperationCanceledException) when (file.Counts.Prompts > 0)
        {
            notices.WriteLine($"{file.Rows} of {wanted} responses are in {output.At(PartialFile)}; the same command goes on");
            throw;
        }

        notices.WriteLine(Seen(file.Counts));
        if (file.Rows == 0)
            throw new WorkFailedException(
                $"none of {file.Counts.Prompts} questions gave a correct response of at least two steps with --easy "
                + $"{collection.Settings.Easy.ToString(CultureInfo.InvariantCulture)}; lower it, raise --max-new, or give easier questions");
        var count = Math.Min(file.Rows, wanted);
        if (count < wanted) notices.WriteLine($"only {count} of {wanted} responses: the questions are used up; give more of them, or raise --per-prompt");
        file.Commit(count, output.At(ProbeFolder.ResponsesFile));
        return count;
    }

    private static string Seen(CollectionCounts counts) => string.Create(CultureInfo.InvariantCulture,
        $"{counts.Prompts} questions asked, {counts.Easy} of them easy; {counts.Correct} of {counts.Judged} responses correct");
}
