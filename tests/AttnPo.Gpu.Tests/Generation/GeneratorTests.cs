using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Generation.Processor;
using AttnPo.Gpu.Model;
using Xunit;
using static TorchSharp.torch;
using Generator = AttnPo.Gpu.Generation.Generator;

namespace AttnPo.Gpu.Tests.Generation;

public sealed class GeneratorTests
{
    /// <summary>Each fixture with each of the two ways to decode.</summary>
    public static TheoryData<string, bool> Fixtures
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in ReferenceFixture.Names)
            {
                data.Add(name, true);
                data.Add(name, false);
            }
            return data;
        }
    }

    // Shorter than a page of the cache, one page, two pages and a token more.
    private static readonly int[][] Prompts =
        [[1, 17, 42, 5], [7], [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5], [.. Enumerable.Range(20, 16)], [.. Enumerable.Range(9, 33)]];

    [Theory, MemberData(nameof(Fixtures))]
    public void Greedy_tokens_equal_the_reference(string name, bool inTensors)
    {
        var fixture = ReferenceFixture.Load(name);
        using var policy = new LoadedPolicy(name, inTensors);
        var completion = policy.Generator.Generate(new GenerationRequest(
            0, 0, [new GenerationPrompt(1, fixture.GreedyPrompt)], 1, Greedy(fixture.Greedy.Length))).Single();
        Assert.Equal(fixture.Greedy, completion.Tokens);
        Assert.Equal(FinishReason.Length, completion.Finish);
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Cached_greedy_decoding_of_unequal_prompts_equals_whole_passes(string name, bool inTensors)
    {
        using var policy = new LoadedPolicy(name, inTensors);
        var completions = policy.Generator.Generate(Request(Greedy(80), samples: 2));
        foreach (var completion in completions)
        {
            var prompt = Prompts[completion.PromptId - 10];
            var logits = policy.WholePass([.. prompt, .. completion.Tokens]);
            for (var i = 0; i < completion.Tokens.Length; i++)
            {
                var row = logits[prompt.Length - 1 + i];
                // Equal up to rounding: nothing is more probable by more than that.
                Assert.True(row[completion.Tokens[i]] >= row.Max() - 1e-4f);
            }
        }
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void Log_probabilities_equal_those_of_whole_passes(string name, bool inTensors)
    {
        using var policy = new LoadedPolicy(name, inTensors);
        foreach (var sampling in new[] { Sampling(1), Sampling(0.7, topP: 0.9, topK: 20) })
        {
            foreach (var completion in policy.Generator.Generate(Request(sampling, samples: 6)))
            {
                var prompt = Prompts[completion.PromptId - 10];
                var logits = policy.WholePass([.. prompt, .. completion.Tokens]);
                for (var i = 0; i < completion.Tokens.Length; i++)
                {
                    var probabilities = SamplerTests.Softmax(logits[prompt.Length - 1 + i], 1);
                    Assert.Equal(Math.Log(probabilities[completion.Tokens[i]]), completion.LogProbs[i], 1e-4);
                }
            }
        }
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void A_response_does_not_depend_on_who_shares_the_batch(string name, bool inTensors)
    {
        using var policy = new LoadedPolicy(name, inTensors);
        var request = Request(Sampling(1), samples: 8);
        var together = policy.Generator.Generate(request);
        var (equal, count) = (0, 0);
        for (var p = 0; p < Prompts.Length; p++)
        {
            var alone = policy.Generator.Generate(request with { Prompts = [request.Prompts[p]] });
            for (var s = 0; s < alone.Count; s++)
            {
                count++;
                var (a, b) = (alone[s], together[p * 8 + s]);
                Assert.Equal((a.PromptId, a.Sample), (b.PromptId, b.Sample));
                if (a.Tokens.SequenceEqual(b.Tokens)) equal++;
            }
        }
        // The draws are equal; the logits are up to rounding, which may tip a draw that falls between two tokens (one in 10^5).
        Assert.InRange(equal, count - 1, count);
    }

    [Theory, MemberData(nameof(Fixtures))]
    public void C3_the_same_request_gives_the_same_bits(string name, bool inTensors)
    {
        using var policy = new LoadedPolicy(name, inTensors);
        using var other = new LoadedPolicy(name, inTensors);
        var request = Request(Sampling(1), samples: 7);
        var first = policy.Generator.Generate(request);
        _ = policy.Generator.Generate(Request(Sampling(1.3), samples: 3) with { Seed = 99 });
        AssertSame(first, policy.Generator.Generate(request));
        AssertSame(first, other.Generator.Generate(request));
    }

    [Fact]
    public void C3_on_the_processor_neither_company_nor_threads_change_a_bit()
    {
        using var one = new LoadedPolicy(ReferenceFixture.Names[1], inTensors: false, threads: 1);
        using var three = new LoadedPolicy(ReferenceFixture.Names[1], inTensors: false, threads: 3);
        var request = Request(Sampling(1) with { StopTokens = [7, 8] }, samples: 9);
        var together = three.Generator.Generate(request);
        AssertSame(together, one.Generator.Generate(request));
        AssertSame(together, [.. request.Prompts.SelectMany(p => one.Generator.Generate(request with { Prompts = [p] }))]);
    }

    [Fact]
    public void C6_pages_of_the_cache_are_used_again()
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder(ReferenceFixture.Names[0]));
        using var store = new PolicyStore();
        var model = new ProcessorDecoder(source.Decoder.Config, threads: 2);
        using var generator = new Generator(store, model, 256);
        store.Publish(0, source.Decoder);
        generator.LoadPolicy(0);
        _ = generator.Generate(Request(Sampling(1) with { MaxNewTokens = 150 }, samples: 5));
        var pages = model.PageCount;
        for (ulong seed = 0; seed < 4; seed++) _ = generator.Generate(Request(Sampling(1) with { MaxNewTokens = 150 }, samples: 5) with { Seed = seed });
        Assert.Equal(pages, model.PageCount);
    }

    [Fact]
    public void Other_seeds_give_other_responses()
    {
        using var policy = new LoadedPolicy(ReferenceFixture.Names[0]);
        var request = Request(Sampling(1), samples: 4);
        var first = policy.Generator.Generate(request);
        var second = policy.Generator.Generate(request with { Seed = request.Seed + 1 });
        Assert.DoesNotContain(first.Zip(second), pair => pair.First.Tokens.SequenceEqual(pair.Second.Tokens));
    }

    [Fact]
    public void The_first_token_follows_the_models_distribution()
    {
        using var policy = new LoadedPolicy(ReferenceFixture.Names[0]);
        const int Draws = 20_000;
        var request = new GenerationRequest(3, 0, [new GenerationPrompt(0, Prompts[0])], Draws, Sampling(1) with { MaxNewTokens = 1 });
        var completions = policy.Generator.Generate(request);
        var expected = SamplerTests.Softmax(policy.WholePass(Prompts[0])[^1], 1);
        for (var token = 0; token < expected.Length; token++)
        {
            var frequency = completions.Count(c => c.Tokens[0] == token) / (double)Draws;
            Assert.Equal(expected[token], frequency, 5 * Math.Sqrt(expected[token] / Draws) + 1e-4);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_response_ends_with_a_stop_token(bool inTensors)
    {
        using var policy = new LoadedPolicy(ReferenceFixture.Names[0], inTensors);
        var free = policy.Generator.Generate(Request(Sampling(1), samples: 4));
        int[] stops = [free[0].Tokens[3], free[5].Tokens[10]];
        var stopped = policy.Generator.Generate(Request(Sampling(1) with { StopTokens = stops }, samples: 4));
        foreach (var (whole, cut) in free.Zip(stopped))
        {
            var end = Array.FindIndex(whole.Tokens, stops.Contains);
            Assert.Equal(end >= 0 ? FinishReason.Stop : FinishReason.Length, cut.Finish);
            Assert.Equal(end >= 0 ? whole.Tokens[..(end + 1)] : whole.Tokens, cut.Tokens);
        }
    }

    [Fact]
    public void More_rows_than_fit_at_once_are_decoded_in_turn()
    {
        using var policy = new LoadedPolicy(ReferenceFixture.Names[0], maximumRows: 9);
        using var all = new LoadedPolicy(ReferenceFixture.Names[0]);
        var request = Request(Greedy(20), samples: 4);
        var completions = policy.Generator.Generate(request);
        Assert.Equal([.. from p in request.Prompts from s in Enumerable.Range(0, 4) select (p.Id, s)], completions.Select(c => (c.PromptId, c.Sample)));
        Assert.Equal(all.Generator.Generate(request).Select(c => c.Tokens), completions.Select(c => c.Tokens));
    }

    [Fact]
    public void A_prompt_without_room_for_a_response_is_refused()
    {
        using var policy = new LoadedPolicy(ReferenceFixture.Names[0]);
        var longest = policy.Config.MaxPositions;
        var error = Assert.Throws<ArgumentException>(() => policy.Generator.Generate(
            new GenerationRequest(0, 0, [new GenerationPrompt(77, new int[longest])], 1, Greedy(1))));
        Assert.Contains("prompt 77", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{longest}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_that_make_no_sense_are_refused()
    {
        using var policy = new LoadedPolicy(ReferenceFixture.Names[0]);
        var good = Request(Sampling(1), samples: 1);
        foreach (var bad in new[]
        {
            good with { SamplesPerPrompt = 0 },
            good with { Prompts = [new GenerationPrompt(1, [])] },
            good with { Prompts = [new GenerationPrompt(1, [1]), new GenerationPrompt(1, [2])] },
            good with { Prompts = [new GenerationPrompt(1, [policy.Config.VocabularySize])] },
            good with { Prompts = [new GenerationPrompt(1, [-1])] },
            good with { Sampling = Sampling(-1) },
            good with { Sampling = Sampling(double.NaN) },
            good with { Sampling = Sampling(1, topP: 0) },
            good with { Sampling = Sampling(1, topK: -1) },
            good with { Sampling = Sampling(1) with { MaxNewTokens = 0 } },
        }) Assert.Throws<ArgumentException>(() => policy.Generator.Generate(bad));
        Assert.Empty(policy.Generator.Generate(good with { Prompts = [] }));
    }

    [Fact]
    public void C8_the_version_in_use_is_the_one_that_was_loaded()
    {
        using var source = HuggingFaceModel.Load(ReferenceFixture.Folder(ReferenceFixture.Names[0]));
        using var store = new PolicyStore();
        using var generator = new Generator(store, source.Decoder.Config);
        Assert.Throws<InvalidOperationException>(() => generator.PolicyVersion);
        Assert.Throws<InvalidOperationException>(() => generator.Generate(Request(Greedy(2), samples: 1)));
        Assert.Throws<InvalidOperationException>(() => generator.LoadPolicy(4));

        store.Publish(4, source.Decoder);
        generator.LoadPolicy(4);
        var before = generator.Generate(Request(Greedy(40), samples: 1));
        using (no_grad())
            foreach (var (_, weight) in source.Decoder.Weights) weight.mul_(0.7);
        store.Publish(5, source.Decoder);
        Assert.Equal(4, generator.PolicyVersion);
        AssertSame(before, generator.Generate(Request(Greedy(40), samples: 1)));
        generator.LoadPolicy(5);
        Assert.Equal(5, generator.PolicyVersion);
        Assert.NotEqual(before.SelectMany(c => c.LogProbs), generator.Generate(Request(Greedy(40), samples: 1)).SelectMany(c => c.LogProbs));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void C6_the_number_of_live_tensors_is_flat_over_calls(bool inTensors)
    {
        using var policy = new LoadedPolicy(ReferenceFixture.Names[0], inTensors);
        static long Live() => Tensor.TotalCount;
        void Call(ulong seed)
        {
            _ = policy.Generator.Generate(Request(Sampling(1) with { StopTokens = [3, 4, 5] }, samples: 5) with { Seed = seed });
            _ = policy.Generator.Generate(Request(Sampling(1), samples: 2) with { Seed = seed });
            policy.Reload((long)seed);
        }
        Call(1);
        Call(2);
        var before = Live();
        for (ulong seed = 3; seed < 9; seed++) Call(seed);
        Assert.Equal(before, Live());
    }

    private static SamplingSettings Greedy(int limit) => new(limit, 0, 1, 0, []);

    private static SamplingSettings Sampling(double temperature, double topP = 1, int topK = 0) => new(40, temperature, topP, topK, []);

    private static GenerationRequest Request(SamplingSettings sampling, int samples) =>
        new(21, 4, [.. Prompts.Select((tokens, i) => new GenerationPrompt(10 + i, tokens))], samples, sampling);

    private static void AssertSame(IReadOnlyList<Completion> expected, IReadOnlyList<Completion> actual)
    {
        Assert.Equal(expected.Select(c => (c.PromptId, c.Sample, c.Finish)), actual.Select(c => (c.PromptId, c.Sample, c.Finish)));
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.Equal(e.Tokens, a.Tokens);
            Assert.Equal(e.LogProbs.Select(BitConverter.SingleToInt32Bits), a.LogProbs.Select(BitConverter.SingleToInt32Bits));
        }
    }

    /// <summary>A generator that has loaded a fixture's weights, and the fixture's model for whole passes.</summary>
    private sealed class LoadedPolicy : IDisposable
    {
        private readonly HuggingFaceModel _source;
        private readonly PolicyStore _store = new();
        private readonly int _threads = get_num_threads();

        public LoadedPolicy(string fixture, bool inTensors = false, int maximumRows = 256, int threads = 2)
        {
            // For models this small the threads of a tensor operation only wait for each other.
            set_num_threads(1);
            _source = HuggingFaceModel.Load(ReferenceFixture.Folder(fixture));
            Generator = new Generator(
                _store, inTensors ? new CachedDecoder(Config, CPU) : new ProcessorDecoder(Config, threads), maximumRows);
            Reload(0);
        }

        public Generator Generator { get; }

        public ModelConfig Config => _source.Decoder.Config;

        public void Reload(long version)
        {
            _store.Publish(version, _source.Decoder);
            Generator.LoadPolicy(version);
        }

        public float[][] WholePass(int[] tokens)
        {
            using var gradients = no_grad();
            using var scope = NewDisposeScope();
            var ids = tensor(tokens.Select(t => (long)t).ToArray()).unsqueeze(0);
            var logits = _source.Decoder.Logits(_source.Decoder.Forward(ids)).squeeze(0);
            return [.. logits.data<float>().ToArray().Chunk(Config.VocabularySize)];
        }

        public void Dispose()
        {
            Generator.Dispose();
            _store.Dispose();
            _source.Dispose();
            set_num_threads(_threads);
        }
    }
}
