using System.Buffers.Binary;
using System.Text;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Checkpoints;

/// <summary>Files that were damaged or made to do harm: they load as what they were, or are refused with a reason, and cost little.</summary>
public sealed class HostileFileTests : IDisposable
{
    // Far above what reading a header of a few hundred bytes takes, far below what any of these files claims.
    private const long MostAllocated = 1 << 20;

    private static readonly string[] Pieces =
    [
        "9223372036854775807", "-1", "1e308", "18446744073709551616", "0", "4294967296", "\"a\"", "\"shape\"", "\"F64\"", "null", "{", "}", "[", "]",
        "[[[[[[[[[[", ",", ":", "\"\\ud800\"", "\u0000", "true", "1073741824,1073741824", "\"__metadata__\":{},", "\"data_offsets\":[0,24],",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, Trait("Contract", "C9")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_mutated_file_loads_the_same_tensors_or_is_refused_cheaply(int seed)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (arange(6, float32).view(2, 3), arange(4, float32));
        SafetensorsWriter.Write(
            _folder.File("valid"), [("a", a), ("b", b), ("none", empty([0, 4]))], new Dictionary<string, string> { ["format"] = "pt" });
        var valid = File.ReadAllBytes(_folder.File("valid"));
        var headerBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(valid);
        var random = new Random(seed);
        var (loaded, refused) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var mutated = Mutated(valid, headerBytes, random);
            File.WriteAllBytes(_folder.File("mutated"), mutated);
            if (Try(() => Read(mutated.AsSpan(mutated.Length - Math.Min(40, mutated.Length)).ToArray()))) loaded++;
            else refused++;
        }
        Assert.True(loaded > 50 && refused > 1000, $"{loaded} loaded, {refused} refused: the mutations test little");

        // What opens must be readable: each byte of the data belongs to a tensor, and comes back as it is there.
        void Read(byte[] data)
        {
            using var file = SafetensorsFile.Open(_folder.File("mutated"));
            var read = file.Tensors.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End).SelectMany(tensor =>
            {
                using var value = empty(tensor.Shape, tensor.Element.Scalar);
                file.ReadInto(tensor.Name, value);
                return value.bytes.ToArray();
            }).ToArray();
            Assert.Equal(data.AsSpan(data.Length - read.Length).ToArray(), read);
        }
    }

    [Fact, Trait("Contract", "C9")]
    public void A_mutated_index_loads_the_same_weights_or_is_refused_cheaply()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.BFloat16, isSharded: true);
        var index = Path.Combine(folder, "model.safetensors.index.json");
        var valid = File.ReadAllBytes(index);
        var config = ModelConfig.Load(folder);
        var random = new Random(4);
        var (loaded, refused) = (0, 0);
        for (var i = 0; i < 2000; i++)
        {
            File.WriteAllBytes(index, Changed(valid, random));
            if (Try(() => CheckpointFiles.Open(folder, config).Dispose())) loaded++;
            else refused++;
        }
        Assert.True(loaded > 20 && refused > 1000, $"{loaded} loaded, {refused} refused: the mutations test little");
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData(1L << 30)]
    [InlineData(1L << 40)]
    [InlineData(17L << 20)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    // Within all bounds, and nothing there but a hole.
    [InlineData(15L << 20)]
    public void A_header_claimed_in_a_file_with_holes_gets_no_memory(long claimed)
    {
        using (var file = File.Create(_folder.File("sparse")))
        {
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(prefix, claimed);
            file.Write(prefix);
            file.SetLength(2L << 30);
        }
        Assert.False(Try(() => SafetensorsFile.Open(_folder.File("sparse")).Dispose()));
    }

    [Fact, Trait("Contract", "C9")]
    public void An_index_of_a_gigabyte_gets_no_memory()
    {
        File.Copy(Path.Combine(ReferenceFixture.Folder(StoredModel.Tied), "config.json"), _folder.File("config.json"));
        using (var file = File.Create(_folder.File("model.safetensors.index.json"))) file.SetLength(1L << 30);
        Assert.False(Try(() => CheckpointFiles.Open(_folder.Path, ModelConfig.Load(_folder.Path)).Dispose()));
    }

    [Fact, Trait("Contract", "C9")]
    public void Many_small_entries_cost_a_small_multiple_of_their_bytes()
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < 20_000; i++) text.Append($"\"{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}},");
        var header = Encoding.UTF8.GetBytes(text.Append("\"end\":7}").ToString());
        File.WriteAllBytes(_folder.File("many"), [.. BitConverter.GetBytes((long)header.Length), .. header]);
        Assert.False(Try(() => SafetensorsFile.Open(_folder.File("many")).Dispose(), 10 * header.Length));
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData("""{"NAME":{}}""")]
    [InlineData("""{"a":{"dtype":"NAME"}}""")]
    [InlineData("""{"a":{"NAME":1}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1NAME]}}""")]
    public void A_message_stays_short_however_long_what_it_quotes(string header)
    {
        var bytes = Encoding.UTF8.GetBytes(header.Replace("NAME", new string('7', 1 << 19), StringComparison.Ordinal));
        File.WriteAllBytes(_folder.File("long"), [.. BitConverter.GetBytes((long)bytes.Length), .. bytes]);
        Assert.InRange(Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("long"))).Message.Length, 1, 400);
    }

    /// <summary>Whether it loads; a refusal is of one kind, and neither costs more than the bound.</summary>
    private static bool Try(Action load, long mostAllocated = MostAllocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isLoaded = true;
        try
        {
            load();
        }
        catch (InvalidDataException)
        {
            isLoaded = false;
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, mostAllocated);
        return isLoaded;
    }

    private static byte[] Mutated(byte[] valid, int headerBytes, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return valid[..random.Next(valid.Length)];
            case 1:
                // The length of the header itself.
                var longer = valid.ToArray();
                BinaryPrimitives.WriteInt64LittleEndian(longer, random.Next(3) == 0 ? random.NextInt64() : headerBytes + random.Next(-9, 9));
                return longer;
            case 2:
                return [.. valid, .. new byte[random.Next(1, 9)]];
            default:
                var header = Changed(valid.AsSpan(8, headerBytes).ToArray(), random);
                return [.. BitConverter.GetBytes((long)header.Length), .. header, .. valid.AsSpan(8 + headerBytes)];
        }
    }

    private static byte[] Changed(byte[] text, Random random)
    {
        var changed = text.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(6))
            {
                case 0:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed.RemoveRange(at, Math.Min(random.Next(1, 12), changed.Count - at - 1));
                    break;
                case 2:
                    changed.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    // A digit becomes another: shapes, offsets, numbers of shards.
                    var digits = Enumerable.Range(0, changed.Count).Where(i => changed[i] is >= (byte)'0' and <= (byte)'9').ToArray();
                    if (digits.Length > 0) changed[digits[random.Next(digits.Length)]] = (byte)('0' + random.Next(10));
                    break;
                case 4:
                    // A stretch is there twice: names, entries, brackets.
                    changed.InsertRange(at, changed.GetRange(at, Math.Min(random.Next(1, 60), changed.Count - at)));
                    break;
                default:
                    changed.Insert(at, (byte)' ');
                    break;
            }
        }
        return [.. changed];
    }
}
