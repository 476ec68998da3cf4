using System.Buffers.Binary;
using System.Text;
using AttnPo.Host.Metrics;
using Xunit;

namespace AttnPo.Host.Tests.Metrics;

public sealed class TensorBoardTests
{
    // Vectors of RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    [Fact]
    public void The_checksum_agrees_with_published_vectors()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    [Fact]
    public void Scalars_read_back_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new TensorBoardWriter(folder.Path, DateTimeOffset.UnixEpoch))
        {
            writer.Write(DateTimeOffset.UnixEpoch.AddSeconds(1.5), 300, [new("train/loss", -0.25), new("rollout/accuracy", 0.5)]);
            writer.Write(DateTimeOffset.UnixEpoch.AddSeconds(2), 301, []);
        }

        var file = Assert.Single(Directory.GetFiles(folder.Path));
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(file), StringComparison.Ordinal);
        var events = Records(File.ReadAllBytes(file)).Select(Fields).ToList();

        Assert.Equal(3, events.Count);
        Assert.Equal("brain.Event:2", Encoding.ASCII.GetString((byte[])events[0][3][0]));
        Assert.Equal(1.5, (double)events[1][1][0]);
        Assert.Equal(300UL, (ulong)events[1][2][0]);
        var values = Fields((byte[])events[1][5][0])[1].Select(value => Fields((byte[])value)).ToList();
        Assert.Equal(["train/loss", "rollout/accuracy"], values.Select(value => Encoding.UTF8.GetString((byte[])value[1][0])));
        Assert.Equal([-0.25f, 0.5f], values.Select(value => (float)value[2][0]));
        Assert.Equal(301UL, (ulong)events[2][2][0]);
    }

    internal static IEnumerable<long> StepsOf(string file) =>
        Records(File.ReadAllBytes(file)).Skip(1).Select(record => (long)(ulong)Fields(record)[2][0]);

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Crc32C.Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var data = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Crc32C.Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            at += 16 + length;
            yield return data;
        }
    }

    private static Dictionary<int, List<object>> Fields(byte[] message)
    {
        var fields = new Dictionary<int, List<object>>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            object value;
            switch (key & 7)
            {
                case 0: value = Varint(message, ref at); break;
                case 1: value = BinaryPrimitives.ReadDoubleLittleEndian(message.AsSpan(at)); at += 8; break;
                case 5: value = BinaryPrimitives.ReadSingleLittleEndian(message.AsSpan(at)); at += 4; break;
                default:
                    var length = (int)Varint(message, ref at);
                    value = message[at..(at + length)];
                    at += length;
                    break;
            }

            if (!fields.TryGetValue((int)(key >> 3), out var list)) fields[(int)(key >> 3)] = list = [];
            list.Add(value);
        }

        return fields;
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }
}
