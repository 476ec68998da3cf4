using AttnPo.Gpu.Generation;
using CsCheck;
using Xunit;

namespace AttnPo.Gpu.Tests.Generation;

public sealed class BatchDecodingTests
{
    private const int Vocabulary = 23;
    private const int Stop = 3;

    [Fact]
    public void A_response_is_the_same_alone_and_among_any_others() =>
        Gen.Select(Gen.Int[1, Vocabulary - 1].Array[1, 6].Array[1, 7], Gen.Int[1, 6], Gen.ULong, Gen.Int[1, 30]).Sample((prompts, samples, seed, limit) =>
        {
            var together = Decode(Request(prompts, samples, seed, limit));
            return Enumerable.Range(0, prompts.Length).All(p =>
            {
                var alone = Decode(Request(prompts, samples, seed, limit, only: p));
                return alone.Zip(together.Skip(p * samples), Same).All(same => same);
            });
        });

    [Fact]
    public void Responses_come_in_the_order_of_prompts_and_samples()
    {
        var completions = Decode(Request([[5], [6], [7]], samples: 4, seed: 9, limit: 20));
        Assert.Equal([.. from p in Enumerable.Range(0, 3) from s in Enumerable.Range(0, 4) select (p + 100L, s)],
            completions.Select(c => (c.PromptId, c.Sample)));
    }

    [Fact]
    public void A_response_ends_with_the_first_stop_token_or_at_the_limit() =>
        Gen.Select(Gen.Int[1, Vocabulary - 1].Array[1, 6].Array[1, 5], Gen.Int[1, 4], Gen.ULong, Gen.Int[1, 30]).Sample((prompts, samples, seed, limit) =>
            Decode(Request(prompts, samples, seed, limit)).All(c => c.Tokens.Length == c.LogProbs.Length && c.Finish switch
            {
                FinishReason.Stop => c.Tokens.Length <= limit && Array.IndexOf(c.Tokens, Stop) == c.Tokens.Length - 1,
                _ => c.Tokens.Length == limit && !c.Tokens.Contains(Stop),
            }));

    [Fact]
    public void An_observer_sees_the_tokens_of_each_response_in_their_order() =>
        Gen.Select(Gen.Int[1, Vocabulary - 1].Array[1, 6].Array[1, 5], Gen.Int[1, 4], Gen.ULong, Gen.Int[1, 30]).Sample((prompts, samples, seed, limit) =>
        {
            var seen = new Dictionary<(long, int), List<int>>();
            var completions = BatchDecoding.Run(new FakeModel(Hashed, Vocabulary), Request(prompts, samples, seed, limit), default, (prompt, sample, token) =>
            {
                if (!seen.TryGetValue((prompt, sample), out var tokens)) seen[(prompt, sample)] = tokens = [];
                tokens.Add(token);
            });
            return completions.All(c => c.Tokens.SequenceEqual(seen[(c.PromptId, c.Sample)]));
        });

    [Fact]
    public void No_sequence_grows_beyond_the_models_limit()
    {
        var completions = Decode(Request([[5, 5, 5, 5, 5, 5], [6]], samples: 3, seed: 1, limit: 100) with
        {
            Sampling = new SamplingSettings(100, 1, 1, 0, []),
        }, longestSequence: 16);
        Assert.All(completions, c => Assert.Equal(FinishReason.Length, c.Finish));
        Assert.Equal([10, 10, 10, 15, 15, 15], completions.Select(c => c.Tokens.Length));
    }

    [Fact]
    public void Finished_rows_leave_at_once_where_moves_are_free()
    {
        var model = new FakeModel(Hashed, Vocabulary) { MovesAreFree = true };
        var completions = BatchDecoding.Run(model, Request([[5], [6], [7], [8]], samples: 16, seed: 3, limit: 60), default).ToArray();
        for (var step = 0; step < model.Widths.Count; step++)
            Assert.Equal(completions.Count(c => c.Tokens.Length > step + 1), model.Widths[step]);
    }

    [Fact]
    public void Finished_rows_leave_the_batch()
    {
        var model = new FakeModel(Hashed, Vocabulary);
        var completions = BatchDecoding.Run(model, Request([[5], [6], [7], [8]], samples: 16, seed: 3, limit: 60), default).ToArray();

        Assert.Equal(64, completions.Length);
        Assert.True(model.Widths.Zip(model.Widths.Skip(1)).All(w => w.Second <= w.First));
        // Idle slots stay below a sixteenth of the batch.
        for (var step = 0; step < model.Widths.Count; step++)
        {
            var alive = completions.Count(c => c.Tokens.Length > step + 1);
            Assert.InRange(model.Widths[step], alive, Math.Max(alive, alive * 16 / 15.0 + 1));
        }
        Assert.Equal(completions.Max(c => c.Tokens.Length) - 1, model.Widths.Count);
    }

    [Fact]
    public void C3_the_composition_of_the_batch_is_a_function_of_the_request()
    {
        var (first, second) = (new FakeModel(Hashed, Vocabulary), new FakeModel(Hashed, Vocabulary));
        var request = Request([[5], [6, 2], [7]], samples: 8, seed: 3, limit: 40);
        var one = BatchDecoding.Run(first, request, default);
        var two = BatchDecoding.Run(second, request, default);
        Assert.True(one.Zip(two, Same).All(same => same));
        Assert.Equal(first.Widths, second.Widths);
    }

    [Fact]
    public void Other_seeds_and_other_steps_give_other_responses()
    {
        var request = Request([[5]], samples: 8, seed: 3, limit: 40);
        var tokens = Decode(request).SelectMany(c => c.Tokens).ToArray();
        Assert.NotEqual(tokens, Decode(request with { Seed = 4 }).SelectMany(c => c.Tokens).ToArray());
        Assert.NotEqual(tokens, Decode(request with { Step = 1 }).SelectMany(c => c.Tokens).ToArray());
    }

    [Fact]
    public void Cancellation_is_heard_between_tokens()
    {
        using var cancellation = new CancellationTokenSource();
        var calls = 0;
        var model = new FakeModel(
            sequence =>
            {
                if (++calls == 5) cancellation.Cancel();
                return Hashed(sequence);
            },
            Vocabulary);
        Assert.Throws<OperationCanceledException>(() => BatchDecoding.Run(
            model, Request([[5]], samples: 1, seed: 3, limit: 40) with { Sampling = new SamplingSettings(40, 1, 1, 0, []) }, cancellation.Token));
        Assert.Equal(5, calls);
    }

    private static IReadOnlyList<Completion> Decode(GenerationRequest request, int longestSequence = 64) =>
        [.. BatchDecoding.Run(new FakeModel(Hashed, Vocabulary, longestSequence), request, default)];

    private static bool Same(Completion a, Completion b) =>
        (a.PromptId, a.Sample, a.Finish) == (b.PromptId, b.Sample, b.Finish)
        && a.Tokens.SequenceEqual(b.Tokens) && a.LogProbs.SequenceEqual(b.LogProbs);

    private static GenerationRequest Request(int[][] prompts, int samples, ulong seed, int limit, int? only = null) => new(
        seed, 0,
        [.. prompts.Select((tokens, i) => new GenerationPrompt(100 + i, tokens)).Where((_, i) => only is null || i == only)],
        samples,
        new SamplingSettings(limit, 1, 1, 0, [Stop]));

    // Logits that depend on the whole sequence.
    private static float[] Hashed(IReadOnlyList<int> sequence)
    {
        var hash = sequence.Aggregate(17UL, (h, token) => (h * 31 + (ulong)token) * 0x9E3779B97F4A7C15);
        return [.. Enumerable.Range(0, Vocabulary).Select(i => (float)((hash >> (i % 40)) & 0xff) / 90)];
    }
}
