using System.Globalization;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// checkpoints/ of a run: step-NNNNNN, named by the updates made. A folder under that name is whole, for it is written aside, flushed
/// and then renamed; whether it counts is for the journal to say.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="keep">How many of the last committed checkpoints stay.</param>
/// <param name="keepEvery">Those of each multiple of this step stay too; 0: none.</param>
/// <param name="faults">Passed between a checkpoint's stages.</param>
internal sealed class CheckpointFolder(string path, int keep, int keepEvery, FaultPlan faults)
{
    private const string Prefix = "step-";

    /// <summary>Whether any checkpoint lies here, committed or not.</summary>
    public bool HasAny => Directory.Exists(path) && Existing().Any();

    public string PathOf(CheckpointRecord checkpoint) => Path.Combine(path, checkpoint.Name);

    /// <summary>The steps that have a committed checkpoint here, in order: beyond the last that the journal names, none counts.</summary>
    public IReadOnlyList<StepNumber> Committed(StepNumber last)
    {
        if (!Directory.Exists(path)) return [];
        var steps = Existing().Select(checkpoint => checkpoint.Step).Where(step => step > 0 && step <= last.Value);
        return [.. steps.Order().Select(step => new StepNumber(step))];
    }

    /// <summary>Where the checkpoint of a step lies.</summary>
    public string PathOf(StepNumber step) => Path.Combine(path, NameOf(step));

    /// <summary>Has a checkpoint written, and gives it its name.</summary>
    public CheckpointRecord Write(StepNumber step, Action<string> save)
    {
        var name = NameOf(step);
        var (aside, final) = (Path.Combine(path, $".{name}.tmp"), Path.Combine(path, name));
        Remove(aside);
        Directory.CreateDirectory(aside);
        save(aside);
        var files = Directory.GetFiles(aside).Order(StringComparer.Ordinal).Select(DurableFile.FlushAndHash).ToArray();
        DurableFile.FlushDirectory(aside);
        faults.Pass(FaultPoint.CheckpointWrite, files.Length == 0 ? null : Path.Combine(aside, files[^1].Name));
        // Under this name lies at most what an attempt left that was never committed.
        Remove(final);
        Directory.Move(aside, final);
        DurableFile.FlushDirectory(path);
        faults.Pass(FaultPoint.CheckpointNamed, final);
        return new CheckpointRecord(name, files);
    }

    /// <summary>Compares a committed checkpoint with its record.</summary>
    /// <exception cref="InvalidDataException">A file is missing or differs; the message says which and what to do.</exception>
    public void Verify(CheckpointRecord checkpoint)
    {
        foreach (var expected in checkpoint.Files)
        {
            var file = new FileInfo(Path.Combine(PathOf(checkpoint), expected.Name));
            if (!file.Exists) throw Altered(file, "is missing");
            if (file.Length != expected.Bytes) throw Altered(file, $"has {file.Length} bytes, {expected.Bytes} were committed");
            using var content = file.OpenRead();
            if (DurableFile.Hash(content) != expected.Sha256) throw Altered(file, "is not what was committed (its SHA-256 differs)");
        }
    }

    /// <summary>Removes what was never committed, and committed checkpoints that are too old.</summary>
    /// <param name="committed">The step of the last checkpoint that the journal names.</param>
    public void Sweep(StepNumber committed)
    {
        DurableFile.CreateDirectory(path);
        foreach (var aside in Directory.GetDirectories(path, $".{Prefix}*.tmp")) Remove(aside);
        foreach (var (step, directory) in Existing().Where(checkpoint => checkpoint.Step > committed.Value)) Remove(directory);
        Prune(committed);
    }

    /// <summary>Removes committed checkpoints but the last few, and those that are kept for good.</summary>
    public void Prune(StepNumber committed)
    {
        var old = Existing().Where(checkpoint => checkpoint.Step <= committed.Value).OrderByDescending(checkpoint => checkpoint.Step).Skip(keep)
            .Where(checkpoint => keepEvery == 0 || checkpoint.Step % keepEvery != 0);
        foreach (var (_, directory) in old.ToArray()) Remove(directory);
    }

    private static string NameOf(StepNumber step) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step.Value:D6}");

    private IEnumerable<(long Step, string Directory)> Existing() =>
        from directory in Directory.EnumerateDirectories(path, $"{Prefix}*")
        let number = Path.GetFileName(directory)[Prefix.Length..]
        where number.Length is > 0 and <= 18 && number.All(char.IsAsciiDigit)
        select (long.Parse(number, CultureInfo.InvariantCulture), directory);

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }

    private static InvalidDataException Altered(FileInfo file, string how) => new(
        $"{file.FullName} {how}. Put the committed file back from a copy, or begin a new run in another directory.");
}
