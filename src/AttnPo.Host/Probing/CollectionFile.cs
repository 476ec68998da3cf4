using System.Text;
using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Probing;

/// <summary>
/// The rows of a collection: a line that says what decides them, then, for each stretch of prompts, its rows and a line that closes it,
/// flushed to disk together. What stands after the last closing line was being written when the process ended. The file stays when there
/// are enough: nothing is decoded twice, and a larger collection goes on.
/// </summary>
internal sealed class CollectionFile : IDisposable
{
    private const string Identity = "collection";
    private const string Closing = "asked";

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly List<string> _rows = [];

    /// <summary>Opens what is there, or begins.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">What decides the rows.</param>
    /// <exception cref="WorkFailedException">It cannot be written, or is damaged, or another process writes it.</exception>
    /// <exception cref="SettingsException">What is there was collected in another way.</exception>
    public CollectionFile(string path, IReadOnlyList<(string Name, string Value)> identity)
    {
        _path = path;
        _stream = Open();
        try
        {
            if (!Read(identity)) Begin(identity);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Rows so far.</summary>
    public int Rows => _rows.Count;

    /// <summary>Of the prompts that were asked; as many, from the first on.</summary>
    public CollectionCounts Counts { get; private set; }

    /// <summary>Adds the rows of a stretch of prompts.</summary>
    public void Append(IReadOnlyList<string> rows, CollectionCounts counts)
    {
        Counts += counts;
        _rows.AddRange(rows);
        var closing = RowWriter.Line(json =>
        {
            json.WriteNumber(Closing, Counts.Prompts);
            json.WriteNumber("easy", Counts.Easy);
            json.WriteNumber("correct", Counts.Correct);
            json.WriteNumber("judged", Counts.Judged);
        });
        Write(string.Concat(rows.Append(closing).Select(line => line + "\n")));
    }

    /// <summary>Writes the first rows to a file of their own, whole.</summary>
    public void Write(int rows, string target)
    {
        using var whole = new WholeFile(target);
        foreach (var row in _rows.Take(rows)) whole.Stream.Write(Encoding.UTF8.GetBytes(row + "\n"));
        whole.Commit();
    }

    /// <summary>How many rows a file has, and whether they are the first of the collection as they were collected: nobody labelled them.</summary>
    public (int Rows, bool AsCollected) Compare(string target)
    {
        string[] there = [.. File.ReadLines(target).Where(line => line.Length > 0)];
        return (there.Length, there.SequenceEqual(_rows.Take(there.Length)));
    }

    /// <summary>Removes the file.</summary>
    public void Delete()
    {
        _stream.Dispose();
        File.Delete(_path);
    }

    /// <summary>Lets go of the file, which stays.</summary>
    public void Dispose() => _stream.Dispose();

    private string Remedy => "remove it to begin anew, or name another --out";

    private FileStream Open()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            return new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFailedException($"{_path}: cannot be written, by two probes at once least of all: {e.Message}");
        }
    }

    // Whether there was a collection; the stream is cut after its last closing line.
    private bool Read(IReadOnlyList<(string Name, string Value)> identity)
    {
        var (whole, pending, position, number) = (0L, new List<string>(), 0L, 0);
        var reader = new StreamReader(_stream, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            number++;
            position += Encoding.UTF8.GetByteCount(line) + 1;
            // A last line without an end was being written.
            if (position > _stream.Length) break;
            try
            {
                using var document = JsonDocument.Parse(line);
                var row = new Row(document.RootElement);
                if (number == 1) Compare(row.Object(Identity), identity);
                else if (!row.Has(Closing)) pending.Add(line);
                if (number > 1 && !row.Has(Closing)) continue;
                if (number > 1) Counts = new(row.Integer(Closing), row.Integer("easy"), row.Integer("correct"), row.Integer("judged"));
            }
            catch (Exception e) when (e is JsonException or RowException or InvalidOperationException)
            {
                throw new WorkFailedException($"{_path}:{number}: is not of a collection: {e.Message}; {Remedy}");
            }
            _rows.AddRange(pending);
            pending.Clear();
            whole = position;
        }
        _stream.SetLength(whole);
        _stream.Seek(0, SeekOrigin.End);
        return whole > 0;
    }

    private void Compare(Row there, IReadOnlyList<(string Name, string Value)> identity)
    {
        var differences = string.Join("; ", identity.Where(setting => Value(setting.Name) != setting.Value)
            .Select(setting => $"{setting.Name} = {Value(setting.Name) ?? "nothing"} there, {setting.Value} asked for"));
        if (differences.Length > 0) throw new SettingsException($"{_path}: holds another collection: {differences}; {Remedy}");

        string? Value(string name) => there.Has(name) ? there.Text(name) : null;
    }

    private void Begin(IReadOnlyList<(string Name, string Value)> identity) => Write(RowWriter.Line(json =>
    {
        json.WriteStartObject(Identity);
        foreach (var (name, value) in identity) json.WriteString(name, value);
        json.WriteEndObject();
    }) + "\n");

    private void Write(string text)
    {
        _stream.Write(Encoding.UTF8.GetBytes(text));
        _stream.Flush(flushToDisk: true);
    }
}
