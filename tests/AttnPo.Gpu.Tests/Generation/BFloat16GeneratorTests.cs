using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Generation.Processor;
using AttnPo.Gpu.Model;
using Xunit;
using static TorchSharp.torch;
using Generator = AttnPo.Gpu.Generation.Generator;

namespace AttnPo.Gpu.Tests.Generation;

/// <summary>Generation from weights held in half the memory.</summary>
public sealed class BFloat16GeneratorTests
{
    // The step between neighbours of bfloat16 is 1/128; a logit of these models is the sum of some such errors.
    private const double TensorTolerance = 0.15;

    private static readonly int[][] Prompts = [[1, 17, 42, 5], [7], [.. Enumerable.Range(20, 16)], [.. Enumerable.Range(9, 33)]];

    public static TheoryData<string> Fixtures => ReferenceFixture.All;

    [Theory, MemberData(nameof(Fixtures)), Trait("Contract", "C3")]
    public void On_the_processor_it_computes_bit_for_bit_what_matrices_rounded_beforehand_give(string name)
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        var held = Generate(new ProcessorDecoder(source.Decoder.Config, 2, NumberFormat.BFloat16), source.Decoder);
        // Norms and biases are few and stay as they are.
        Round(source.Decoder, weight => weight.dim() == 2);
        AssertSame(Generate(new ProcessorDecoder(source.Decoder.Config, 2), source.Decoder), held);
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void In_tensors_it_is_near_what_weights_rounded_beforehand_give(string name)
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        var held = Generate(new CachedDecoder(source.Decoder.Config, CPU, NumberFormat.BFloat16), source.Decoder);
        Round(source.Decoder, _ => true);
        foreach (var completion in held)
            Numbers.AssertWithin(TensorTolerance, LogProbs(source.Decoder, completion), completion.LogProbs.Doubles(), "log-probability");
    }

    [Theory, InlineData(false), InlineData(true), Trait("Contract", "C3")]
    public void The_same_request_gives_the_same_bits(bool inTensors)
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder("qwen3"));
        IPolicyModel Model() => inTensors
            ? new CachedDecoder(source.Decoder.Config, CPU, NumberFormat.BFloat16)
            : new ProcessorDecoder(source.Decoder.Config, 2, NumberFormat.BFloat16);
        AssertSame(Generate(Model(), source.Decoder), Generate(Model(), source.Decoder));
    }

    [Theory, InlineData("qwen3-untied"), InlineData("llama-scaled-with-biases"), Trait("Contract", "C3")]
    public void On_the_processor_neither_company_nor_threads_change_a_bit(string name)
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        var together = Generate(new ProcessorDecoder(source.Decoder.Config, 3, NumberFormat.BFloat16), source.Decoder);
        Completion[] alone = [.. Request().Prompts.SelectMany(prompt => Generate(
            new ProcessorDecoder(source.Decoder.Config, 1, NumberFormat.BFloat16), source.Decoder, Request() with { Prompts = [prompt] }))];
        AssertSame(together, alone);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_packed_weights_take_half_the_memory(bool tied)
    {
        var config = new ModelConfig(256, 512, 2, 4, 2, 64, 1024, 64, 1e-6, 10000, tied);
        // Vectors are less than a hundredth of all.
        Assert.Equal(0.5, (double)Bytes(config, NumberFormat.BFloat16) / Bytes(config, NumberFormat.Float32), 0.01);
    }

    [Fact]
    public void A_tied_head_is_held_once()
    {
        var config = new ModelConfig(256, 512, 2, 4, 2, 64, 1024, 64, 1e-6, 10000, TiedHead: true);
        const long Head = 1024 * 256;
        Assert.Equal(Head * 4, Bytes(config with { TiedHead = false }, NumberFormat.Float32) - Bytes(config, NumberFormat.Float32));
        Assert.Equal(Head * 2, Bytes(config with { TiedHead = false }, NumberFormat.BFloat16) - Bytes(config, NumberFormat.BFloat16));
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void In_tensors_matrices_are_of_the_smaller_type_and_none_is_left_of_the_larger(string name)
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        var config = source.Decoder.Config;
        using var larger = new Decoder(config, CPU);
        using var smaller = new Decoder(config, CPU, NumberFormat.BFloat16);
        var ofSmaller = LiveTensors.Count(() => _ = new Decoder(config, CPU, NumberFormat.BFloat16));
        Assert.Equal(LiveTensors.Count(() => _ = new Decoder(config, CPU)), ofSmaller);
        Assert.All(smaller.Weights, w => Assert.Equal(
            w.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? ScalarType.Float32 : ScalarType.BFloat16, w.Weight.dtype));
        Assert.Equal(larger.Weights.Select(w => w.Name), smaller.Weights.Select(w => w.Name));
    }

    [Fact]
    public void A_generator_takes_the_format_of_its_weights()
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder("llama"));
        using var store = new PolicyStore();
        store.Publish(0, source.Decoder);
        using var generator = new Generator(store, source.Decoder.Config, format: NumberFormat.BFloat16);
        generator.LoadPolicy(0);
        // This fixture's weights are stated in bfloat16: nothing is lost.
        AssertSame(Generate(new ProcessorDecoder(source.Decoder.Config, 1), source.Decoder), generator.Generate(Request()));
    }

    private static long Bytes(ModelConfig config, NumberFormat format)
    {
        var before = FloatBuffer.LiveBytes;
        using var weights = new PackedWeights(config, format);
        return FloatBuffer.LiveBytes - before;
    }

    private static GenerationRequest Request() => new(
        21, 4, [.. Prompts.Select((tokens, i) => new GenerationPrompt(i, tokens))], SamplesPerPrompt: 5,
        new SamplingSettings(40, Temperature: 1, TopP: 1, TopK: 0, StopTokens: []));

    private static IReadOnlyList<Completion> Generate(IPolicyModel model, Decoder weights, GenerationRequest? request = null)
    {
        using var store = new PolicyStore();
        using var generator = new Generator(store, model, maximumRows: 256);
        store.Publish(0, weights);
        generator.LoadPolicy(0);
        return generator.Generate(request ?? Request());
    }

    private static void Round(Decoder decoder, Func<Tensor, bool> chosen)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, weight) in decoder.Weights)
            if (chosen(weight)) weight.copy_(weight.to(bfloat16));
    }

    private static double[] LogProbs(Decoder decoder, Completion completion)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var prompt = Prompts[completion.PromptId];
        var ids = tensor([.. prompt.Concat(completion.Tokens).Select(t => (long)t)], int64).unsqueeze(0);
        var all = decoder.Logits(decoder.Forward(ids)).squeeze(0).log_softmax(-1);
        return [.. completion.Tokens.Select((token, i) => (double)all[prompt.Length - 1 + i, token].item<float>())];
    }

    private static void AssertSame(IReadOnlyList<Completion> expected, IReadOnlyList<Completion> actual)
    {
        Assert.Equal(expected.Select(c => (c.PromptId, c.Sample)), actual.Select(c => (c.PromptId, c.Sample)));
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.Equal(e.Tokens, a.Tokens);
            Assert.Equal(e.LogProbs.Select(BitConverter.SingleToInt32Bits), a.LogProbs.Select(BitConverter.SingleToInt32Bits));
        }
    }
}
