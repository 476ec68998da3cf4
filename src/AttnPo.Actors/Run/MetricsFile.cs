using System.Security.Cryptography;
using System.Text.Json;
using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// metrics.jsonl: a line a step, keys in order, an evaluation's figures in the line of its step (line 0: before the first). The file
/// is a projection: the journal holds the same figures, and the file is made again from it where it disagrees. So it needs no flush,
/// and a torn last line does no harm. Lines from before the journal's saved state are taken from the file itself, if its hash is the
/// one that was saved, else from the archive. Figures that are no numbers are null.
/// </summary>
internal sealed class MetricsFile(string path)
{
    private readonly string _aside = path + ".tmp";
    private readonly SortedDictionary<string, double> _last = new(StringComparer.Ordinal);
    private StepNumber? _lastStep;
    private long _lastStart;
    private FileStream? _replay;

    /// <summary>Where the file stands now.</summary>
    public MetricsMark Mark()
    {
        using var file = File.OpenRead(path);
        return new MetricsMark(_lastStart, HashOfStart(file, _lastStart));
    }

    /// <summary>Begins a replay at a saved state.</summary>
    /// <param name="mark">Where the file stood then.</param>
    /// <param name="step">The step of its last line.</param>
    /// <param name="metrics">That line's figures.</param>
    /// <returns>False: the file's older lines are not what they were, and must be replayed too.</returns>
    public bool BeginReplay(MetricsMark mark, StepNumber step, IReadOnlyDictionary<string, double> metrics)
    {
        if (!File.Exists(path)) return false;
        using (var file = File.OpenRead(path))
        {
            if (file.Length < mark.Bytes || HashOfStart(file, mark.Bytes) != mark.Sha256) return false;
            BeginReplay();
            file.Position = 0;
            CopyStart(file, _replay!, mark.Bytes);
        }
        Replay(step, metrics);
        return true;
    }

    /// <summary>Keeps a copy of the file as it was found, beside it; answers its path. Null: there is no file.</summary>
    public string? SetAside()
    {
        if (!File.Exists(path)) return null;
        File.Copy(path, path + ".altered", overwrite: true);
        return path + ".altered";
    }

    /// <summary>Figures of a step come from the journal's replay, aside, until <see cref="EndReplay"/>.</summary>
    public void Replay(StepNumber step, IReadOnlyDictionary<string, double> metrics)
    {
        if (_replay is null) BeginReplay();
        if (!Merge(step, metrics)) _lastStart = _replay!.Length;
        _replay!.SetLength(_lastStart);
        _replay.Position = _lastStart;
        _replay.Write(Line());
    }

    /// <summary>The journal is read: takes over what it says, if the file says anything else.</summary>
    public void EndReplay()
    {
        CloseReplay();
        if (File.Exists(path) && HasEqualContent()) File.Delete(_aside);
        else File.Move(_aside, path, overwrite: true);
    }

    /// <summary>The journal is another run's, or cannot be read to its end: leaves the file as it is.</summary>
    public void AbandonReplay()
    {
        _replay?.Dispose();
        _replay = null;
        File.Delete(_aside);
    }

    /// <summary>Figures of a step are journaled: adds its line, or adds them to it.</summary>
    public void Put(StepNumber step, IReadOnlyDictionary<string, double> metrics)
    {
        if (Merge(step, metrics))
        {
            // A line that readers have seen changes only together with the whole file.
            using (var aside = BeginAside())
            {
                using (var file = File.OpenRead(path)) CopyStart(file, aside, _lastStart);
                aside.Write(Line());
            }
            File.Move(_aside, path, overwrite: true);
            return;
        }
        using var lines = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        _lastStart = lines.Position;
        lines.Write(Line());
    }

    private bool Merge(StepNumber step, IReadOnlyDictionary<string, double> metrics)
    {
        var sameLine = _lastStep == step;
        if (!sameLine) _last.Clear();
        _lastStep = step;
        foreach (var (key, value) in metrics) _last[key] = value;
        return sameLine;
    }

    private byte[] Line()
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteNumber("step", _lastStep!.Value.Value);
            foreach (var (key, value) in _last)
            {
                if (double.IsFinite(value)) json.WriteNumber(key, value);
                else json.WriteNull(key);
            }
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    private void BeginReplay()
    {
        _replay?.Dispose();
        _last.Clear();
        (_lastStep, _lastStart, _replay) = (null, 0, BeginAside());
    }

    private void CloseReplay()
    {
        if (_replay is null) BeginReplay();
        _replay!.Dispose();
        _replay = null;
    }

    private FileStream BeginAside() => new(_aside, FileMode.Create, FileAccess.ReadWrite);

    private void CopyStart(Stream file, Stream target, long bytes) => ReadStart(file, bytes, part => target.Write(part));

    private string HashOfStart(Stream file, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ReadStart(file, bytes, part => hash.AppendData(part));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void ReadStart(Stream file, long bytes, Action<ReadOnlySpan<byte>> take)
    {
        var buffer = new byte[81920];
        for (var left = bytes; left > 0;)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) throw new EndOfStreamException($"{path} was shortened while the run was writing it.");
            take(buffer.AsSpan(0, read));
            left -= read;
        }
    }

    private bool HasEqualContent()
    {
        if (new FileInfo(path).Length != new FileInfo(_aside).Length) return false;
        using var file = File.OpenRead(path);
        using var aside = File.OpenRead(_aside);
        return DurableFile.Hash(file) == DurableFile.Hash(aside);
    }
}
