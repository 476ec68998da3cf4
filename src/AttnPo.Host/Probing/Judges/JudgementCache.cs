using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Probing.Judges;

/// <summary>
/// The answers that were paid for: one a line, under the key of its request, flushed to disk as it arrives. What an interrupted command
/// left is used by the next one. Safe for many threads; one process at a time.
/// </summary>
internal sealed class JudgementCache : IDisposable
{
    /// <summary>Its file in the folder of a probe's output.</summary>
    public const string FileName = "judgements.jsonl";

    // An answer has at most ChatCompletion.MaxBytes, and escaping makes six of one.
    private const int MaxLineBytes = 8 * ChatCompletion.MaxBytes;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly AppendedLines _lines;
    private readonly TextWriter _notices;
    private readonly ConcurrentDictionary<string, JudgeReply> _replies = new();
    private readonly Lock _writing = new();

    /// <summary>
    /// Opens the folder's file, or makes it. A last line without an end, which was being written, is dropped; a damaged line before it stays
    /// and holds no answer.
    /// </summary>
    /// <param name="folder">Where <see cref="FileName"/> is.</param>
    /// <param name="notices">Is told of damaged lines.</param>
    /// <exception cref="WorkFailedException">It cannot be read or written, or another process has it.</exception>
    public JudgementCache(string folder, TextWriter notices)
    {
        (_path, _notices) = (Path.Combine(folder, FileName), notices);
        _stream = Open(folder);
        _lines = new(_stream, () => _stream.Flush(flushToDisk: true));
        try
        {
            Read();
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The reply to a request; null where it was never answered.</summary>
    public JudgeReply? Find(JudgeRequest request) => _replies.GetValueOrDefault(request.Key);

    /// <summary>Keeps a reply.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="response">The id of the response judged, for readers of the file.</param>
    /// <param name="reply">What came.</param>
    /// <exception cref="WorkFailedException">It cannot be written; nothing of it stays in the file.</exception>
    public void Add(JudgeRequest request, string response, JudgeReply reply)
    {
        var line = RowWriter.Line(json =>
        {
            json.WriteString("key", request.Key);
            json.WriteString("model", request.Model);
            json.WriteString("response", response);
            json.WriteString("answer", reply.Text);
            if (reply.Finish is not null) json.WriteString("finish", reply.Finish);
            json.WriteNumber("tokens_in", reply.TokensIn);
            json.WriteNumber("tokens_out", reply.TokensOut);
        });
        lock (_writing)
        {
            try
            {
                _lines.Append(Encoding.UTF8.GetBytes(line + "\n"));
            }
            catch (IOException e)
            {
                throw new WorkFailedException(
                    $"{_path}: an answer cannot be kept: {e.Message}; make room on the disk, and the same command goes on where this one stopped");
            }
        }
        _replies[request.Key] = reply;
    }

    /// <summary>Lets go of the file; one without an answer does not stay.</summary>
    public void Dispose()
    {
        var isEmpty = _stream.Length == 0;
        _stream.Dispose();
        if (isEmpty) File.Delete(_path);
    }

    private FileStream Open(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            // A pipe would be waited for.
            if (Path.Exists(_path) && !PlainFile.IsEmpty(_path)) PlainFile.Open(_path).Dispose();
            return new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFailedException($"{_path}: cannot be written, by two commands at once least of all: {e.Message}");
        }
    }

    private void Read()
    {
        _stream.SetLength(EndOfLastLine());
        _stream.Position = 0;
        using var reader = new StreamReader(_stream, leaveOpen: true);
        var (damaged, first) = (0, "");
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                if (document.RootElement.ValueKind != JsonValueKind.Object) throw new RowException("expected a JSON object");
                var row = new Row(document.RootElement);
                _replies[row.FilledText("key")] =
                    new(row.Text("answer"), row.Has("finish") ? row.Text("finish") : null, Count(row, "tokens_in"), Count(row, "tokens_out"));
            }
            catch (Exception e) when (e is JsonException or RowException)
            {
                if (damaged++ == 0) first = $"{_path}:{number}: {e.Message}";
            }
        }
        if (damaged > 0)
            _notices.WriteLine(
                $"{first}; {damaged} damaged lines of that file count as not there, and what they held is asked for again where it is needed");
        _stream.Seek(0, SeekOrigin.End);
    }

    private static long Count(Row row, string name) => row.Parsed(name, value =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0
            ? count : throw new FormatException("expected a whole number of at least 0"));

    private long EndOfLastLine()
    {
        var buffer = new byte[1 << 16];
        long end = 0, position = 0;
        for (int count; (count = _stream.Read(buffer)) > 0; position += count)
        {
            var last = buffer.AsSpan(0, count).LastIndexOf((byte)'\n');
            var first = buffer.AsSpan(0, count).IndexOf((byte)'\n');
            if (position + (first < 0 ? count : first) - end > MaxLineBytes)
                throw new WorkFailedException($"{_path}: a line is longer than {MaxLineBytes} bytes; it is none of a judge's answers: move the file away");
            if (last >= 0) end = position + last + 1;
        }
        return end;
    }
}
