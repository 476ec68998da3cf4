using AttnPo.Host.Probing.Judges;
using Xunit;

namespace AttnPo.Host.Tests.Probing.Judges;

public sealed class AppendedLinesTests
{
    [Fact]
    public void A_line_that_could_not_be_written_whole_leaves_nothing_behind()
    {
        using var disk = new SmallDisk { Room = 10 };
        var lines = new AppendedLines(disk, () => { });
        lines.Append("one\n"u8);
        Assert.Throws<IOException>(() => lines.Append("a longer line\n"u8));
        Assert.Equal("one\n"u8.ToArray(), disk.ToArray());
        lines.Append("two\n"u8);
        Assert.Equal("one\ntwo\n"u8.ToArray(), disk.ToArray());
    }

    [Fact]
    public void A_line_that_did_not_reach_the_disk_is_taken_back()
    {
        using var disk = new SmallDisk { Room = 10 };
        var isFull = true;
        var lines = new AppendedLines(disk, () =>
        {
            if (isFull) throw new IOException("no space left");
        });
        Assert.Throws<IOException>(() => lines.Append("one\n"u8));
        isFull = false;
        lines.Append("two\n"u8);
        Assert.Equal("two\n"u8.ToArray(), disk.ToArray());
    }

    [Fact]
    public void Nothing_follows_a_piece_that_could_not_be_taken_back()
    {
        using var disk = new SmallDisk { Room = 2, CanCut = false };
        var lines = new AppendedLines(disk, () => { });
        Assert.Throws<IOException>(() => lines.Append("one\n"u8));
        disk.Room = 100;
        Assert.Throws<IOException>(() => lines.Append("two\n"u8));
        Assert.Equal("on"u8.ToArray(), disk.ToArray());
    }

    /// <summary>Writes what there is room for, as a full disk does, and fails then.</summary>
    private sealed class SmallDisk : MemoryStream
    {
        public int Room { get; set; }

        public bool CanCut { get; init; } = true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var free = (int)Math.Min(buffer.Length, Room - Length);
            base.Write(buffer[..free].ToArray(), 0, free);
            if (free < buffer.Length) throw new IOException("no space left");
        }

        public override void SetLength(long value)
        {
            if (!CanCut) throw new IOException("cannot be cut");
            base.SetLength(value);
        }
    }
}
