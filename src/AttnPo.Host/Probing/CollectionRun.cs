using System.Globalization;
using AttnPo.Host.Progress;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Probing;

/// <summary>
/// Collects until there is enough. What was decoded is kept beside the responses, so the same settings go on where an earlier collection
/// stopped or ended. Responses that were labelled, or that come from elsewhere, are never replaced.
/// </summary>
/// <param name="output">The probe's folder.</param>
/// <param name="rows">Writes responses down.</param>
/// <param name="notices">Is told what was seen.</param>
internal sealed class CollectionRun(ProbeFolder output, LabelledRowWriter rows, TextWriter notices)
{
    /// <summary>What decides the responses, and all that was decoded for them.</summary>
    public const string KeptFile = ProbeFolder.ResponsesFile + ".collection";

    private string Kept => output.At(KeptFile);

    private string Result => output.At(ProbeFolder.ResponsesFile);

    /// <summary>Writes the responses, or leaves them where they are there already.</summary>
    /// <param name="collection">Gives them.</param>
    /// <param name="identity">What decides them. How many are wanted does not: more may be asked for later on.</param>
    /// <param name="cancellation">Ends it; what whole stretches of prompts gave is kept.</param>
    /// <exception cref="WorkFailedException">There is none.</exception>
    /// <exception cref="SettingsException">The folder has responses that would be lost.</exception>
    public void Run(Collection collection, IReadOnlyList<(string Name, string Value)> identity, CancellationToken cancellation)
    {
        var wanted = collection.Settings.Wanted;
        if (File.Exists(Result) && !File.Exists(Kept))
            throw new SettingsException(
                $"{Result}: is there already, and {Kept}, which would say how it was collected, is not; name another --out, or move it away");
        using var file = new CollectionFile(Kept, identity);
        var isEnough = file.Rows >= wanted || file.Counts.Prompts >= collection.Count;
        var isChanged = IsChanged(file, isEnough ? Math.Min(file.Rows, wanted) : null);
        if (isEnough) notices.WriteLine($"collected already: {Kept}");
        else Collect(collection, file, cancellation);

        notices.WriteLine(Seen(file.Counts));
        if (file.Rows == 0)
        {
            // Nothing to go on with: with easier settings it begins anew.
            file.Delete();
            throw new WorkFailedException(
                $"none of {file.Counts.Prompts} questions gave a correct response of at least two steps with --easy "
                + $"{collection.Settings.Easy.ToString(CultureInfo.InvariantCulture)}; lower it, raise --max-new, or give easier questions");
        }
        var count = Math.Min(file.Rows, wanted);
        if (count < wanted) notices.WriteLine($"only {count} of {wanted} responses: the questions are used up; give more of them, or raise --per-prompt");
        if (isChanged) notices.WriteLine($"{Result} was changed since it was collected; it is taken as it is");
        else file.Write(count, Result);
    }

    // Before anything is decoded: whether the responses are not what was collected any more. Null: there will be more of them.
    private bool IsChanged(CollectionFile file, int? count)
    {
        if (!File.Exists(Result)) return false;
        var (there, asCollected) = file.Compare(Result);
        if (!asCollected && there != count)
            throw new SettingsException(
                $"{Result}: was changed since it was collected, labels of people perhaps, and another number of responses would replace it; "
                + "name another --out, or move it away");
        return !asCollected;
    }

    private void Collect(Collection collection, CollectionFile file, CancellationToken cancellation)
    {
        var wanted = collection.Settings.Wanted;
        if (file.Counts.Prompts > 0)
            notices.WriteLine($"going on after {file.Counts.Prompts} questions and {file.Rows} responses, which are in {Kept}");
        try
        {
            CountedProgress.Run("responses", wanted - file.Rows, advance =>
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
            notices.WriteLine($"{file.Rows} of {wanted} responses are in {Kept}; the same command goes on");
            throw;
        }
    }

    private static string Seen(CollectionCounts counts) => string.Create(CultureInfo.InvariantCulture,
        $"{counts.Prompts} questions asked, {counts.Easy} of them easy; {counts.Correct} of {counts.Judged} responses correct");
}
