using System.Text;
using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Evaluation;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Evaluations;

/// <summary>
/// The rows of an evaluation while it goes on. They stand in FILE.partial, a line that says what decides them first, each chunk flushed to
/// disk; at the end FILE appears whole. An evaluation that begins where another of the same identity stopped goes on after its last row.
/// Standard output has no such file: there an evaluation is made in one go.
/// </summary>
internal sealed class EvaluationFile : IDisposable
{
    private const string Suffix = ".partial";

    // As long as any row of data may be: what is longer was not written here.
    private const int MaxLineBytes = 256 << 20;

    private readonly string _path;
    private readonly string _name;
    private readonly FileStream _stream;
    private readonly long _begin;
    private bool _committed;

    /// <summary>Opens what is there, or begins.</summary>
    /// <param name="path">Where the rows are to appear; - is standard output.</param>
    /// <param name="identity">What decides the rows.</param>
    /// <param name="fresh">Throws away what is there.</param>
    /// <exception cref="WorkFailedException">It cannot be written, or another evaluation writes it.</exception>
    /// <exception cref="SettingsException">What is there is of another identity.</exception>
    public EvaluationFile(string path, IReadOnlyList<(string Name, string Value)> identity, bool fresh)
    {
        _path = path;
        _name = path == "-" ? "standard output" : path + Suffix;
        _stream = Open();
        try
        {
            if (fresh) _stream.SetLength(0);
            // A last line without an end was being written when the process ended.
            var (lines, end) = Lines(long.MaxValue);
            _stream.SetLength(end);
            if (lines == 0) Begin(identity);
            else Compare(identity);
            _begin = Lines(1).End;
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Where an evaluation that was stopped is kept; null where it is not.</summary>
    public string? KeptIn => _path == "-" ? null : _name;

    /// <summary>The responses that are there, a list for each question, from the first question on.</summary>
    /// <exception cref="WorkFailedException">A row is damaged.</exception>
    public IReadOnlyList<IReadOnlyList<EvaluationRow>> Read(DataSets sets)
    {
        var rows = new List<IReadOnlyList<EvaluationRow>>();
        _stream.Position = _begin;
        using var reader = new StreamReader(_stream, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            try
            {
                using var document = Object(line);
                var responses = EvaluationRows.Read(new(document.RootElement));
                if (rows.Count == sets.Count || responses.Count != sets.Of(rows.Count).Samples || responses[0].Index != rows.Count)
                    throw new RowException($"is not the row of question {rows.Count}");
                rows.Add(responses);
            }
            catch (Exception e) when (e is JsonException or RowException)
            {
                throw new WorkFailedException($"{_name}:{rows.Count + 2}: {e.Message}; {Remedy}");
            }
        }

        return rows;
    }

    /// <summary>Forgets all but the first rows.</summary>
    public void Keep(int rows) => _stream.SetLength(Lines(rows + 1).End);

    /// <summary>Adds the rows of a chunk and flushes them to disk.</summary>
    public void Append(IEnumerable<EvaluatedQuestion> questions, Func<long, (string Set, string? Id)> origin)
    {
        var text = new StringBuilder();
        foreach (var question in questions)
        {
            var (set, id) = origin(question.Prompt.Index);
            text.Append(RowWriter.Line(json => EvaluationRows.Write(json, question, set, id))).Append('\n');
        }

        _stream.Seek(0, SeekOrigin.End);
        _stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
        _stream.Flush(flushToDisk: true);
    }

    /// <summary>Makes the rows visible under their name.</summary>
    public void Commit()
    {
        using (var whole = new WholeFile(_path))
        {
            _stream.Position = _begin;
            _stream.CopyTo(whole.Stream);
            whole.Commit();
        }

        _committed = true;
        _stream.Dispose();
        // A kill before this leaves all rows: the next start makes the same file of them.
        if (_path != "-") File.Delete(_name);
    }

    /// <summary>Lets go of the file; it stays unless it was committed or holds no row.</summary>
    public void Dispose()
    {
        if (_committed) return;
        var empty = _stream.Length == _begin;
        _stream.Dispose();
        if (empty && _path != "-") File.Delete(_name);
    }

    private string Remedy => "--fresh throws these rows away and begins anew; another --out leaves them";

    private FileStream Open()
    {
        if (_path == "-")
        {
            var spool = Path.Combine(Path.GetTempPath(), $"attnpo-{Guid.NewGuid():N}.part");
            return new FileStream(spool, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        }

        try
        {
            var full = Path.GetFullPath(_path);
            if (Directory.Exists(full)) throw new WorkFailedException($"{_path}: is a folder; name a file");
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var stream = new FileStream(_name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            if (stream.CanSeek) return stream;
            stream.Dispose();
            throw new WorkFailedException($"{_name}: is no plain file; remove it, or name another --out");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFailedException($"{_name}: cannot be written, by two evaluations at once least of all: {e.Message}");
        }
    }

    private void Begin(IReadOnlyList<(string Name, string Value)> identity)
    {
        var line = RowWriter.Line(json =>
        {
            json.WriteStartObject("evaluation");
            foreach (var (name, value) in identity) json.WriteString(name, value);
            json.WriteEndObject();
        });
        _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _stream.Flush(flushToDisk: true);
    }

    private void Compare(IReadOnlyList<(string Name, string Value)> identity)
    {
        Dictionary<string, string> there;
        _stream.Position = 0;
        using var reader = new StreamReader(_stream, leaveOpen: true);
        try
        {
            using var document = Object(reader.ReadLine()!);
            var settings = new Row(document.RootElement).Object("evaluation");
            there = settings.Names().ToDictionary(name => name, settings.Text);
        }
        catch (Exception e) when (e is JsonException or RowException or ArgumentException)
        {
            throw new WorkFailedException($"{_name}:1: is not what an evaluation begins with: {e.Message}; {Remedy}");
        }

        var differences = string.Join("; ", identity.Where(setting => there.GetValueOrDefault(setting.Name) != setting.Value)
            .Select(setting => $"{setting.Name} = {there.GetValueOrDefault(setting.Name) ?? "nothing"} there, {setting.Value} asked for"));
        if (differences.Length > 0) throw new SettingsException($"{_name}: holds rows of another evaluation: {differences}. {Remedy}");
    }

    private static JsonDocument Object(string line)
    {
        var document = JsonDocument.Parse(line);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new RowException("expected a JSON object");
    }

    // Whole lines from the start of the file, at most so many, and where the last of them ends.
    private (long Lines, long End) Lines(long most)
    {
        var buffer = new byte[1 << 16];
        var (lines, end, position) = (0L, 0L, 0L);
        _stream.Position = 0;
        for (int count; lines < most && (count = _stream.Read(buffer)) > 0; position += count)
        {
            for (var i = 0; i < count && lines < most; i++)
            {
                if (buffer[i] != '\n') continue;
                lines++;
                end = position + i + 1;
            }

            if (lines < most && position + count - end > MaxLineBytes)
                throw new WorkFailedException($"{_name}: a line is longer than {MaxLineBytes} bytes; {Remedy}");
        }

        return (lines, end);
    }
}
