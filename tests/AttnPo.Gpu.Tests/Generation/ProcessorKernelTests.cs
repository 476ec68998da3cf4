using System.Runtime.Intrinsics;
using AttnPo.Gpu.Generation.Processor;
using AttnPo.Gpu.Model;
using CsCheck;
using Xunit;

namespace AttnPo.Gpu.Tests.Generation;

public sealed unsafe class ProcessorKernelTests
{
    [Theory, InlineData(NumberFormat.Float32), InlineData(NumberFormat.BFloat16)]
    public void A_packed_product_equals_the_plain_one(NumberFormat format) =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 70], Gen.Int[1, 50], Gen.UInt).Sample((rows, outputs, inputs, seed) =>
        {
            var random = new Random((int)seed);
            using var matrix = new PackedMatrix(outputs, inputs, format);
            var weights = Numbers(random, outputs * inputs);
            for (var output = 0; output < outputs; output++)
            {
                var row = weights.AsSpan(output * inputs, inputs);
                matrix.Set(output, 0, row);
                // What the matrix holds is what it multiplies with.
                matrix.Get(output, row);
            }
            using var operand = Buffer(Numbers(random, rows * inputs), PackedMatrix.TileRows * inputs);
            using var bias = Buffer(Numbers(random, outputs), PackedMatrix.PanelWidth);
            using var result = new FloatBuffer((rows + PackedMatrix.TileRows) * matrix.Outputs);
            using var twice = new FloatBuffer((rows + PackedMatrix.TileRows) * matrix.Outputs);

            matrix.Multiply(operand.Pointer, inputs, rows, result.Pointer, bias.Pointer);
            matrix.Multiply(operand.Pointer, inputs, rows, twice.Pointer);
            matrix.Multiply(operand.Pointer, inputs, rows, twice.Pointer, accumulate: true);
            for (var row = 0; row < rows; row++)
            {
                for (var output = 0; output < outputs; output++)
                {
                    var expected = 0.0;
                    for (var i = 0; i < inputs; i++) expected += operand.Pointer[row * inputs + i] * weights[output * inputs + i];
                    if (Math.Abs(result.Pointer[row * matrix.Outputs + output] - bias.Pointer[output] - expected) > 1e-4) return false;
                    if (Math.Abs(twice.Pointer[row * matrix.Outputs + output] - 2 * expected) > 1e-4) return false;
                }
            }
            return true;
        }, iter: 200);

    [Fact]
    public void Weights_are_rounded_to_bfloat16_as_tensors_are()
    {
        var random = new Random(6);
        float[] values =
        [
            0, -0f, 1, float.MaxValue, -float.MaxValue, float.PositiveInfinity, float.Epsilon, BitConverter.UInt32BitsToSingle(0x3F808000),
            BitConverter.UInt32BitsToSingle(0x3F818000), BitConverter.UInt32BitsToSingle(0x3F808001),
            .. Enumerable.Range(0, 10_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))).Where(float.IsFinite),
        ];
        using var matrix = new PackedMatrix(1, values.Length, NumberFormat.BFloat16);
        using var exact = TorchSharp.torch.tensor(values);
        using var rounded = exact.to(TorchSharp.torch.bfloat16);
        using var expected = rounded.to(TorchSharp.torch.float32);
        var actual = new float[values.Length];
        matrix.Set(0, 0, values);
        matrix.Get(0, actual);
        Assert.Equal(expected.data<float>().ToArray().Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));

        // Not a number stays one, even where rounding up would carry its payload into the sign.
        matrix.Set(0, 0, [BitConverter.UInt32BitsToSingle(0x7FFFFFFF), BitConverter.UInt32BitsToSingle(0xFF800001)]);
        matrix.Get(0, actual);
        Assert.All(actual[..2], value => Assert.True(float.IsNaN(value)));
    }

    [Theory, InlineData(NumberFormat.Float32), InlineData(NumberFormat.BFloat16), Trait("Contract", "C3")]
    public void A_rows_product_has_the_same_bits_in_any_company(NumberFormat format)
    {
        const int Inputs = 45, Rows = 21;
        var random = new Random(4);
        using var matrix = new PackedMatrix(40, Inputs, format);
        for (var output = 0; output < 40; output++) matrix.Set(output, 0, Numbers(random, Inputs));
        using var operand = Buffer(Numbers(random, Rows * Inputs), PackedMatrix.TileRows * Inputs);
        using var together = new FloatBuffer((Rows + PackedMatrix.TileRows) * matrix.Outputs);
        using var alone = new FloatBuffer(PackedMatrix.TileRows * matrix.Outputs);
        matrix.Multiply(operand.Pointer, Inputs, Rows, together.Pointer);
        for (var row = 0; row < Rows; row++)
        {
            matrix.Multiply(operand.Pointer + row * Inputs, Inputs, 1, alone.Pointer);
            Assert.True(new ReadOnlySpan<float>(alone.Pointer, 40).SequenceEqual(
                new ReadOnlySpan<float>(together.Pointer + row * matrix.Outputs, 40)));
        }
    }

    [Fact]
    public void The_exponential_is_exact_to_the_last_places()
    {
        for (var x = -87f; x <= 88f; x += 0.0137f)
            Assert.Equal(1, VectorMath.Exp(Vector512.Create(x))[3] / Math.Exp(x), 4e-7);
        Assert.Equal(0, VectorMath.Exp(Vector512.Create(float.NegativeInfinity))[0]);
        Assert.Equal(0, VectorMath.Exp(Vector512.Create(-1e30f))[0]);
        Assert.Equal(1, VectorMath.Exp(Vector512.Create(0f))[0]);
        Assert.Equal(float.PositiveInfinity, VectorMath.Exp(Vector512.Create(89f))[0]);
        Assert.True(float.IsNaN(VectorMath.Exp(Vector512.Create(float.NaN))[0]));
    }

    [Fact]
    public void Paged_attention_equals_the_plain_one() =>
        Gen.Select(Gen.Int[1, 200], Gen.OneOf(Gen.Const(2), Gen.Const(8), Gen.Const(12), Gen.Const(32), Gen.Const(64), Gen.Const(80)), Gen.UInt).Sample((positions, headSize, seed) =>
        {
            var random = new Random((int)seed);
            var config = new ModelConfig(4 * headSize, 8, 2, 4, 2, headSize, 8, 200, 1e-6, 10000, true);
            var shape = new CacheShape(config);
            using var cache = new PagedCache(shape);
            using var kernel = new AttentionKernel(shape);
            var sequence = new PagedSequence();
            cache.Extend(sequence, positions);
            var keys = new float[positions][];
            var values = new float[positions][];
            for (var position = 0; position < positions; position++)
            {
                (keys[position], values[position]) = (Numbers(random, headSize), Numbers(random, headSize));
                using var key = Buffer(keys[position], shape.HeadWidth);
                using var value = Buffer(values[position], shape.HeadWidth);
                var page = (float*)sequence.Pages[position / CacheShape.PagePositions];
                AttentionKernel.Store(shape, page + shape.Head(1, 1), position, key.Pointer, value.Pointer);
            }
            var queries = new[] { Numbers(random, headSize), Numbers(random, headSize) };
            using var first = Buffer(queries[0], shape.HeadWidth);
            using var second = Buffer(queries[1], shape.HeadWidth);
            using var firstOut = new FloatBuffer(shape.HeadWidth);
            using var secondOut = new FloatBuffer(shape.HeadWidth);
            kernel.Attend(
                sequence.Pages, shape.Head(1, 1), positions, first.Pointer, second.Pointer, firstOut.Pointer, secondOut.Pointer);
            return Equal(queries[0], firstOut) && Equal(queries[1], secondOut);

            bool Equal(float[] query, FloatBuffer result)
            {
                var weights = keys.Select(k => Math.Exp(k.Zip(query, (a, b) => (double)a * b).Sum())).ToArray();
                return Enumerable.Range(0, headSize).All(i =>
                    Math.Abs(values.Select((v, p) => v[i] * weights[p]).Sum() / weights.Sum() - result.Pointer[i]) < 1e-5);
            }
        }, iter: 200);

    [Fact]
    public void Samples_share_the_full_pages_of_their_prompt()
    {
        using var cache = new PagedCache(new CacheShape(new ModelConfig(8, 8, 1, 1, 1, 8, 8, 200, 1e-6, 10000, true)));
        var prompt = new PagedSequence();
        cache.Extend(prompt, 2 * CacheShape.PagePositions + 3);
        var samples = Enumerable.Range(0, 4).Select(_ => cache.Fork(prompt, 2 * CacheShape.PagePositions + 3)).ToArray();
        Assert.Equal(3 + 4, cache.PageCount);
        Assert.All(samples, s => Assert.Equal(prompt.Pages.Take(2), s.Pages.Take(2)));
        Assert.Equal(4, samples.Select(s => s.Pages[2]).Distinct().Count());

        foreach (var sample in samples) cache.Release(sample);
        var next = new PagedSequence();
        cache.Extend(next, 4 * CacheShape.PagePositions);
        Assert.Equal(7, cache.PageCount);
        Assert.Empty(next.Pages.Intersect(prompt.Pages));
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    // Padded behind, as the kernels read whole tiles and vectors.
    private static FloatBuffer Buffer(float[] values, int padding)
    {
        var buffer = new FloatBuffer(values.Length + padding);
        values.CopyTo(new Span<float>(buffer.Pointer, values.Length));
        return buffer;
    }
}
