using System.Buffers.Binary;
using System.Text;
using AttnPo.Gpu.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Tensors_come_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4711, CPU);
        var written = new[] { ("b", randn([3, 5], generator: generator)), ("a", randn([7], generator: generator)), ("none", empty([0, 4])) };
        SafetensorsWriter.Write(_folder.File("x"), written, new Dictionary<string, string> { ["step"] = "12" });
        using var file = SafetensorsFile.Open(_folder.File("x"));
        Assert.Equal(12, file.RequireNumber("step"));
        file.Require(written.Select(w => (w.Item1, w.Item2.shape)));
        foreach (var (name, tensor) in written)
        {
            var read = empty_like(tensor);
            file.ReadInto(name, read);
            Assert.Equal(tensor.bytes.ToArray(), read.bytes.ToArray());
        }
    }

    [Fact]
    public void A_tensor_larger_than_a_chunk_is_whole()
    {
        using var scope = NewDisposeScope();
        var large = arange(5_000_001, float32);
        SafetensorsWriter.Write(_folder.File("x"), [("t", large)]);
        using var file = SafetensorsFile.Open(_folder.File("x"));
        var read = zeros_like(large);
        file.ReadInto("t", read);
        Assert.True(read.eq(large).all().ToBoolean());
    }

    [Theory]
    [InlineData("BF16", new byte[] { 0x80, 0x3f, 0x20, 0xc0 }, new[] { 1f, -2.5f })]
    [InlineData("F16", new byte[] { 0x00, 0x3c, 0x00, 0xc1 }, new[] { 1f, -2.5f })]
    [InlineData("F32", new byte[] { 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0 }, new[] { 1f, -2.5f })]
    public void Half_precision_is_read_into_floats(string dtype, byte[] data, float[] expected)
    {
        var path = Written($$"""{"t":{"dtype":"{{dtype}}","shape":[2],"data_offsets":[0,{{data.Length}}]} }""", data);
        using var file = SafetensorsFile.Open(path);
        using var read = zeros([2]);
        file.ReadInto("t", read);
        Assert.Equal(expected, read.data<float>().ToArray());
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "tensor t: bytes 0 to 12 do not lie in the 8 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "tensor t: bytes -8 to 0")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "tensor t: bytes 8 to 0")]
    [InlineData("""{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "tensor t: shape [3] of F32 needs 12 bytes, the file gives 8")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "tensor t: shape [-2] is not possible")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "tensor t: shape [4611686018427387904, 4] is not possible")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1e30],"data_offsets":[0,8]}}""", "tensor t: shape holds 1e30")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", "tensor t: shape has more than 8 numbers")]
    [InlineData("""{"t":{"dtype":"I4","shape":[2],"data_offsets":[0,8]}}""", "tensor t: dtype I4 is not supported")]
    [InlineData("""{"t":{"shape":[2],"data_offsets":[0,8]}}""", "tensor t: dtype is missing")]
    [InlineData("""{"t":{"dtype":"F32","data_offsets":[0,8]}}""", "tensor t: shape is missing")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "tensor t: data_offsets is not a pair")]
    [InlineData("""{"t":7}""", "tensor t: its entry is not an object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor b overlaps a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "bytes 4 to 8 belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor a: bytes 0 to 4 before it belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "tensor a is listed twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "tensor a: dtype is there twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,0],"data_offsets":[0,0]}}""", "shape [4611686018427387904, 0] is not possible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4611686018427387904],"data_offsets":[0,0]}}""", "shape [0, 4611686018427387904] is not possible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}""", "tensor a: shape holds [; expected whole numbers")]
    [InlineData("""{"a":{"more":[[[[[[[[[[1]]]]]]]]]]}}""", "the header is not JSON")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "__metadata__ is there twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", "__metadata__ k is there twice")]
    [InlineData("""{"\ud800":{}}""", "the header is not JSON")]
    [InlineData("""{"a\u001b[31m":{}}""", "a name holds control characters")]
    [InlineData("""[1,2]""", "the header is not a JSON object")]
    [InlineData("""{"a":""", "the header is not JSON")]
    [InlineData("""{"__metadata__":{"step":3}}""", "__metadata__ step is not a string")]
    public void A_header_that_lies_is_refused(string header, string message)
    {
        var path = Written(header, new byte[8]);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(message, error.Message);
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(9)]
    public void A_header_longer_than_the_file_is_refused(long claimed)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, claimed);
        File.WriteAllBytes(_folder.File("x"), bytes);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("x")));
        Assert.Contains("the header claims", error.Message);
    }

    [Fact, Trait("Contract", "C9")]
    public void A_file_of_a_few_bytes_is_refused()
    {
        File.WriteAllBytes(_folder.File("x"), [1, 2, 3]);
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("x")));
    }

    [Fact, Trait("Contract", "C9")]
    public void A_file_cut_short_anywhere_is_refused()
    {
        using var tensor = arange(6, float32);
        SafetensorsWriter.Write(_folder.File("whole"), [("t", tensor)]);
        var bytes = File.ReadAllBytes(_folder.File("whole"));
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_folder.File("cut"), bytes[..length]);
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("cut")));
        }
    }

    [Fact]
    public void An_existing_file_is_not_overwritten()
    {
        File.WriteAllText(_folder.File("x"), "kept");
        Assert.Throws<IOException>(() => SafetensorsWriter.Write(_folder.File("x"), []));
        Assert.Equal("kept", File.ReadAllText(_folder.File("x")));
    }

    private string Written(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + text.Length);
        File.WriteAllBytes(_folder.File("crafted"), bytes);
        return _folder.File("crafted");
    }

    public void Dispose() => _folder.Dispose();
}
