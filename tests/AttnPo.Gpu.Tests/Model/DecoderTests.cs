using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Model;

public sealed class DecoderTests
{
    public static TheoryData<string> Fixtures => ReferenceFixture.All;

    [Theory, MemberData(nameof(Fixtures))]
    public void Greedy_tokens_equal_the_reference(string name)
    {
        var fixture = ReferenceFixture.Load(name);
        using var model = HuggingFaceModel.Load(fixture.Directory);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var sequence = fixture.GreedyPrompt.Select(id => (long)id).ToList();
        for (var i = 0; i < fixture.Greedy.Length; i++)
        {
            var hidden = model.Decoder.Forward(tensor(sequence.ToArray()).unsqueeze(0));
            sequence.Add(model.Decoder.Logits(hidden.narrow(1, sequence.Count - 1, 1)).argmax(-1).ToInt64());
        }
        Assert.Equal(fixture.Greedy, sequence.Skip(fixture.GreedyPrompt.Length).Select(id => (int)id));
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Fused_projections_compute_the_same(string name)
    {
        using var model = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var ids = tensor(new long[] { 3, 1, 4, 1, 5, 9, 2, 6 }).view(2, 4);
        var plain = model.Decoder.Forward(ids);
        model.Decoder.Fuse();
        Assert.True(plain.allclose(model.Decoder.Forward(ids), 1e-5, 1e-6));
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void A_cached_token_continues_as_the_whole_pass_does(string name)
    {
        using var model = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var ids = tensor(new long[] { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3 }).view(2, 5);
        var whole = model.Decoder.Forward(ids);
        var cache = new GrowingCache(model.Decoder.Config.Layers);
        model.Decoder.Forward(ids.narrow(1, 0, 4), new ForwardPass { Cache = cache });
        var last = model.Decoder.Forward(
            ids.narrow(1, 4, 1),
            new ForwardPass { Cache = cache, Positions = full([2, 1], 4, ScalarType.Int64), PositionLimit = 5 });
        Assert.True(whole.narrow(1, 4, 1).allclose(last, 1e-4, 1e-5));
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Parameters_bear_the_names_and_shapes_of_the_checkpoint(string name)
    {
        using var model = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        Assert.Equal(
            WeightShapes.Of(model.Decoder.Config).Select(w => $"{w.Name} [{string.Join(", ", w.Shape)}]"),
            model.Decoder.Weights.Select(w => $"{w.Name} [{string.Join(", ", w.Weight.shape)}]"));
    }

    [Fact]
    public void A_random_model_is_a_function_of_its_seed()
    {
        var config = new ModelConfig(16, 24, 2, 4, 2, 4, 32, 64, 1e-6, 10000, TiedHead: false);
        using var first = Decoder.Random(config, 5);
        using var again = Decoder.Random(config, 5);
        using var other = Decoder.Random(config, 6);
        Assert.Equal(first.Values(), again.Values());
        Assert.NotEqual(first.Values(), other.Values());
        Assert.All(first.Weights, w => Assert.True(w.Weight.isfinite().all().ToBoolean(), w.Name));
    }

    [Fact]
    public void A_sequence_beyond_the_limit_of_the_model_is_refused()
    {
        var config = new ModelConfig(16, 24, 1, 4, 2, 4, 32, 8, 1e-6, 10000, TiedHead: true);
        using var decoder = Decoder.Random(config, 5);
        using var ids = zeros([1, 9], ScalarType.Int64);
        var error = Assert.Throws<ArgumentException>(() => decoder.Forward(ids));
        Assert.Contains("limit of 8", error.Message);
    }

    private sealed class GrowingCache(int layers) : IKeyValueCache
    {
        private readonly (Tensor Keys, Tensor Values)?[] _layers = new (Tensor, Tensor)?[layers];

        public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
        {
            (Tensor Keys, Tensor Values) all = _layers[layer] is { } held
                ? (cat([held.Keys, keys], 2), cat([held.Values, values], 2))
                : (keys.clone(), values.clone());
            all.Keys.DetachFromDisposeScope();
            all.Values.DetachFromDisposeScope();
            _layers[layer] = all;
            return all;
        }
    }
}
