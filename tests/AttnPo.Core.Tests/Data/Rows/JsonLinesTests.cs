using System.Text;
using AttnPo.Core.Data.Questions;
using AttnPo.Core.Data.Rows;
using Xunit;

namespace AttnPo.Core.Tests.Data.Rows;

public sealed class JsonLinesTests
{
    [Fact]
    public void Rows_are_read_no_further_than_they_are_asked_for()
    {
        const int Count = 200_000;
        var stream = new EndlessRows(Count);
        var rows = new QuestionFile(new JsonLines("in.jsonl", () => stream)).Read(row => row.Gold.Text, (place, fault) => Assert.Fail(place + fault));
        var read = 0L;
        foreach (var _ in rows)
        {
            var ahead = stream.Given - ++read * stream.RowLength;
            if (ahead is < 0 or > 1 << 17) Assert.Fail($"at row {read}, {ahead} bytes were read ahead");
        }
        Assert.Equal(Count, read);
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_line_without_an_end_is_refused_before_it_fills_memory()
    {
        var rows = new JsonLines("in.jsonl", () => new EndlessLine());
        Assert.Contains("in.jsonl: a line is longer than", Assert.Throws<InvalidDataException>(() => rows.Read().Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_none_does_not_end_the_reading()
    {
        var rows = new JsonLines("in.jsonl", () => new MemoryStream("\uFEFF{\"a\":1}\r\n\n[1]\n{\"a\":\n{\"a\":2}"u8.ToArray())).Read()
            .Select(row => (row.Place, row.Fault ?? $"{row.Content.Integer("a")}")).ToList();
        Assert.Equal([("in.jsonl:1", "1"), ("in.jsonl:3", "expected a JSON object")], rows[..2]);
        Assert.StartsWith("not JSON: ", rows[2].Item2, StringComparison.Ordinal);
        Assert.Equal(("in.jsonl:5", "2"), rows[3]);
    }

    /// <summary>Many long rows, made as they are read.</summary>
    private sealed class EndlessRows(int count) : ReadOnlyStream
    {
        private readonly byte[] _row = Encoding.UTF8.GetBytes($"{{\"question\":\"{new string('x', 1100)}\",\"gold\":\"2\"}}\n");

        public int RowLength => _row.Length;

        public override int Read(Span<byte> buffer)
        {
            var left = (long)count * _row.Length - Given;
            var length = (int)Math.Min(left, Math.Min(buffer.Length, _row.Length - Given % _row.Length));
            _row.AsSpan((int)(Given % _row.Length), length).CopyTo(buffer);
            Given += length;
            return length;
        }
    }

    private sealed class EndlessLine : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            return buffer.Length;
        }
    }

    private abstract class ReadOnlyStream : Stream
    {
        public long Given { get; protected set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public abstract override int Read(Span<byte> buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
