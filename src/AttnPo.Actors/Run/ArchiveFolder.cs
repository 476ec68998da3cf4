using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>An event as it stands in journal and archive: its place, its kind, its content.</summary>
/// <param name="Sequence">Place in the run's journal, from 1.</param>
/// <param name="Kind">The kind's name on disk.</param>
/// <param name="Content">The event as JSON.</param>
internal sealed record ArchivedEvent(long Sequence, string Kind, byte[] Content);

/// <summary>
/// ledger/ of a run: the events that the journal is rid of, a line each, in files that are named for what they hold and for their
/// SHA-256. Written whole before the journal is pruned, so each event stands in one of the two at any moment.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="faults">Passed when a part is written.</param>
internal sealed partial class ArchiveFolder(string path, FaultPlan faults)
{
    /// <summary>Writes the events of steps up to one.</summary>
    public ArchiveRecord Write(StepNumber step, IReadOnlyList<ArchivedEvent> events)
    {
        DurableFile.CreateDirectory(path);
        var content = new MemoryStream();
        foreach (var archived in events)
        {
            LedgerLines.Write(content, json =>
            {
                json.WriteNumber("seq", archived.Sequence);
                json.WriteString("kind", archived.Kind);
                json.WritePropertyName("event");
                json.WriteRawValue(archived.Content);
            });
        }
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.ToArray()));
        var name = string.Create(
            CultureInfo.InvariantCulture, $"events-{events[0].Sequence:D10}-{events[^1].Sequence:D10}-step-{step.Value:D6}-{hash}.jsonl");
        var aside = Path.Combine(path, $".{Guid.NewGuid():N}.tmp");
        try
        {
            File.WriteAllBytes(aside, content.ToArray());
            faults.Pass(FaultPoint.Archive, aside);
            DurableFile.Publish(aside, Path.Combine(path, name));
        }
        catch
        {
            // The next commit tries again: what is left each time would fill a disk that is full already.
            File.Delete(aside);
            throw;
        }
        return new ArchiveRecord(name, content.Length, hash, events[^1].Sequence);
    }

    /// <summary>All events that it holds, in order; parts that were pruned for their age are missing at the beginning.</summary>
    /// <param name="from">Parts whose steps are all before this one are passed over.</param>
    /// <exception cref="InvalidDataException">A part is missing in between, torn or altered; the message says which.</exception>
    public IEnumerable<ArchivedEvent> Read(StepNumber from = default)
    {
        long? expected = null;
        foreach (var part in Parts().Where(part => part.Step >= from.Value))
        {
            // A live run may prune its oldest parts while another process reads.
            if (ReadOrNull(part.Path) is not { } content)
            {
                if (expected is null) continue;
                throw new InvalidDataException($"{part.Path} was pruned while the archive was read. Read it again.");
            }
            if (expected is not null && part.First != expected)
                throw new InvalidDataException($"{path}: the events {expected} to {part.First - 1} are missing. Put the file back from a copy.");
            if (Convert.ToHexStringLower(SHA256.HashData(content)) != part.Hash)
                throw new InvalidDataException($"{part.Path} is not what was written (its SHA-256 differs). Put it back from a copy.");
            foreach (var line in LedgerLines.Read(content))
            {
                yield return new ArchivedEvent(
                    line.GetProperty("seq").GetInt64(), line.GetProperty("kind").GetString()!,
                    Encoding.UTF8.GetBytes(line.GetProperty("event").GetRawText()));
            }
            expected = part.Last + 1;
        }
    }

    /// <summary>Whether it has any part.</summary>
    public bool HasAny => Parts().Any();

    /// <summary>Removes what no saved state names: parts that go beyond its last event.</summary>
    public void Sweep(long lastEvent)
    {
        if (!Directory.Exists(path)) return;
        foreach (var aside in Directory.GetFiles(path, ".*.tmp")) File.Delete(aside);
        foreach (var part in Parts().Where(part => part.Last > lastEvent).ToArray()) File.Delete(part.Path);
    }

    /// <summary>Removes parts whose steps are all up to one.</summary>
    public void Prune(StepNumber upTo)
    {
        foreach (var part in Parts().Where(part => part.Step <= upTo.Value).ToArray()) File.Delete(part.Path);
    }

    private IEnumerable<Part> Parts() =>
        from file in Directory.Exists(path) ? Directory.GetFiles(path) : []
        let match = Name().Match(Path.GetFileName(file))
        where match.Success
        orderby Number(match, 1)
        select new Part(file, Number(match, 1), Number(match, 2), Number(match, 3), match.Groups[4].Value);

    private static byte[]? ReadOrNull(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^events-(\d{1,18})-(\d{1,18})-step-(\d{1,18})-([0-9a-f]{64})\.jsonl$")]
    private static partial Regex Name();

    private sealed record Part(string Path, long First, long Last, long Step, string Hash);
}
