using System.Globalization;
using System.Security.Cryptography;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// rollouts/ of a run: step-NNNNNN/LABEL-SHA256.jsonl. A file gets its name when its content is on disk, and the name holds the
/// content's hash: whoever journals a name journals a whole file, equal content is one file, and a file that was torn or altered
/// is told from its name alone. What no event names is garbage.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="faults">Passed between a file's stages.</param>
internal sealed class BlobFolder(string path, FaultPlan faults)
{
    private const string Prefix = "step-";
    private const string Aside = ".tmp";

    /// <summary>Writes a file of a step.</summary>
    public BlobRecord Write(StepNumber step, string label, Action<Stream> content)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step.Value:D6}");
        var directory = Path.Combine(path, folder);
        if (!Directory.Exists(directory)) DurableFile.CreateDirectory(directory);
        var aside = Path.Combine(directory, $".{label}-{Guid.NewGuid():N}{Aside}");
        try
        {
            var (bytes, hash) = WriteAside(aside, content);
            faults.Pass(FaultPoint.BlobWrite, aside);
            var name = $"{label}-{hash}.jsonl";
            File.Move(aside, Path.Combine(directory, name), overwrite: true);
            DurableFile.FlushDirectory(directory);
            faults.Pass(FaultPoint.BlobNamed, Path.Combine(directory, name));
            return new BlobRecord($"{folder}/{name}", bytes, hash);
        }
        catch (Exception fault)
        {
            File.Delete(aside);
            if (fault is not IOException) throw;
            throw new IOException(
                $"{directory}: the rollouts of step {step} could not be written: {fault.Message} Make room there; nothing committed is lost.", fault);
        }
    }

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="InvalidDataException">It is missing, torn or altered; the message says which and what to do.</exception>
    public byte[] Read(BlobRecord blob)
    {
        var file = new FileInfo(Path.Combine(path, blob.Name));
        if (!file.Exists) throw Altered(file, "is missing");
        if (file.Length != blob.Bytes) throw Altered(file, $"has {file.Length} bytes, {blob.Bytes} were journaled");
        var content = File.ReadAllBytes(file.FullName);
        return Convert.ToHexStringLower(SHA256.HashData(content)) == blob.Sha256
            ? content
            : throw Altered(file, "is not what was journaled (its SHA-256 differs)");
    }

    /// <summary>Removes files of steps that are not committed, but those that the ledger names.</summary>
    public void Sweep(StepNumber committed, IEnumerable<BlobRecord> named)
    {
        DurableFile.CreateDirectory(path);
        var keep = named.Select(blob => Path.GetFullPath(Path.Combine(path, blob.Name))).ToHashSet(StringComparer.Ordinal);
        foreach (var (_, directory) in Steps().Where(step => step.Number > committed.Value).ToArray())
        {
            foreach (var file in Directory.GetFiles(directory).Where(file => !keep.Contains(Path.GetFullPath(file)))) File.Delete(file);
            if (!Directory.EnumerateFileSystemEntries(directory).Any()) Directory.Delete(directory);
        }
        // Of committed steps each file is named; what a write that broke off has left is not.
        foreach (var (_, directory) in Steps())
            foreach (var file in Directory.GetFiles(directory, $".*{Aside}")) File.Delete(file);
    }

    /// <summary>Removes files of a committed step that the ledger does not name.</summary>
    public void KeepOnly(StepNumber step, IReadOnlyList<BlobRecord> named)
    {
        var keep = named.Select(blob => Path.GetFileName(blob.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var (_, directory) in Steps().Where(known => known.Number == step.Value).ToArray())
            foreach (var file in Directory.GetFiles(directory).Where(file => !keep.Contains(Path.GetFileName(file)))) File.Delete(file);
    }

    /// <summary>Removes the files of all steps up to one.</summary>
    public void Prune(StepNumber upTo)
    {
        foreach (var (_, directory) in Steps().Where(step => step.Number <= upTo.Value).ToArray()) Directory.Delete(directory, recursive: true);
    }

    /// <summary>The oldest step that has files; null: none has.</summary>
    public StepNumber? Oldest => Steps().Select(step => (StepNumber?)new StepNumber(step.Number)).Min();

    private IEnumerable<(long Number, string Directory)> Steps() =>
        from directory in Directory.Exists(path) ? Directory.EnumerateDirectories(path, $"{Prefix}*") : []
        let number = Path.GetFileName(directory)[Prefix.Length..]
        // What is longer is nobody's step, and no number.
        where number.Length is > 0 and <= 18 && number.All(char.IsAsciiDigit)
        select (long.Parse(number, CultureInfo.InvariantCulture), directory);

    private static (long Bytes, string Hash) WriteAside(string aside, Action<Stream> content)
    {
        using var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        using var sha = SHA256.Create();
        using (var hashing = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true)) content(hashing);
        file.Flush(flushToDisk: true);
        return (file.Length, Convert.ToHexStringLower(sha.Hash!));
    }

    private static InvalidDataException Altered(FileInfo file, string how) => new(
        $"{file.FullName} {how}. Put the file back from a copy, or begin a new run in another directory.");
}
