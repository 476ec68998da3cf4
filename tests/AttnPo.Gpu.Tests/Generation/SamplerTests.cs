using AttnPo.Gpu.Generation;
using CsCheck;
using Xunit;

namespace AttnPo.Gpu.Tests.Generation;

public sealed class SamplerTests
{
    private static readonly float[] Logits = [.. Enumerable.Range(0, 150).Select(i => MathF.Sin(i * 1.7f) * 3)];

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.6)]
    [InlineData(1.7)]
    public void Frequencies_follow_the_softmax_at_the_temperature(double temperature)
    {
        const int Draws = 200_000;
        var sampler = new Sampler(Settings(temperature), Logits.Length);
        var random = new CounterRandom(5, 0, 0);
        var counts = new int[Logits.Length];
        for (var i = 0; i < Draws; i++) counts[sampler.Draw(Logits, random.Uniform(0, i)).Token]++;

        var expected = Softmax(Logits, temperature);
        var chiSquare = 0.0;
        var degrees = 0;
        for (var token = 0; token < Logits.Length; token++)
        {
            if (expected[token] * Draws < 5) continue;
            chiSquare += Math.Pow(counts[token] - expected[token] * Draws, 2) / (expected[token] * Draws);
            degrees++;
        }
        Assert.InRange(chiSquare, degrees * 0.5, degrees + 5 * Math.Sqrt(2 * degrees));
    }

    [Fact]
    public void The_draw_is_the_inverse_of_the_cumulative_distribution() =>
        Gen.Select(Gen.Float[-8, 8].Array[1, 300], Gen.Double[0, 1]).Sample((logits, uniform) =>
        {
            uniform = Math.Min(uniform, 1 - 1e-12);
            var token = new Sampler(Settings(1), logits.Length).Draw(logits, uniform).Token;
            var probabilities = Softmax(logits, 1);
            var below = probabilities.Take(token).Sum();
            return uniform >= below - 1e-5 && uniform <= below + probabilities[token] + 1e-5;
        });

    [Fact]
    public void The_log_probability_is_that_of_temperature_one_without_cut_offs() =>
        Gen.Select(Gen.Float[-20, 20].Array[2, 200], Gen.Double[0, 0.999], Gen.Double[0.2, 2], Gen.Double[0.1, 1], Gen.Int[0, 10]).Sample(
            (logits, uniform, temperature, topP, topK) =>
            {
                var (token, logProb) = new Sampler(Settings(temperature, topP, topK), logits.Length).Draw(logits, uniform);
                return Math.Abs(logProb - Math.Log(Softmax(logits, 1)[token])) < 1e-4;
            });

    [Fact]
    public void Temperature_zero_takes_the_most_probable_and_the_first_of_equals()
    {
        var sampler = new Sampler(Settings(0), 40);
        var logits = new float[40];
        (logits[7], logits[33]) = (2, 2);
        Assert.Equal(7, sampler.Draw(logits, 0.99).Token);
        logits[33] = 3;
        Assert.Equal(33, sampler.Draw(logits, 0).Token);
    }

    [Fact]
    public void Top_k_keeps_the_k_most_probable() => AssertReachable(Settings(1, topK: 3), [0, 1, 2], [4, 3.5f, 3, 2.9f, 1]);

    [Fact]
    public void Top_k_counts_equal_tokens_by_id() => AssertReachable(Settings(1, topK: 2), [1, 2], [0, 1, 1, 1, 1]);

    [Fact]
    public void Top_p_keeps_the_smallest_set_that_reaches_it()
    {
        // Probabilities 0.5, 0.3, 0.15, 0.05.
        float[] logits = [MathF.Log(0.15f), MathF.Log(0.5f), MathF.Log(0.05f), MathF.Log(0.3f)];
        AssertReachable(Settings(1, topP: 0.49), [1], logits);
        AssertReachable(Settings(1, topP: 0.79), [1, 3], logits);
        AssertReachable(Settings(1, topP: 0.81), [0, 1, 3], logits);
        AssertReachable(Settings(1, topP: 0.01), [1], logits);
    }

    [Fact]
    public void Top_p_works_on_what_top_k_left() =>
        // After top-k 2 the probabilities are 0.625 and 0.375.
        AssertReachable(Settings(1, topP: 0.6, topK: 2), [0], [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f)]);

    [Fact]
    public void Top_p_over_a_large_vocabulary_equals_a_full_sort() =>
        Gen.Select(Gen.Float[-12, 12].Array[500, 900], Gen.Double[0.05, 0.99], Gen.Double[0, 0.999]).Sample((logits, topP, uniform) =>
        {
            var token = new Sampler(Settings(1, topP), logits.Length).Draw(logits, uniform).Token;
            var probabilities = Softmax(logits, 1);
            // What is more probable than the drawn token does not reach top-p by itself.
            return probabilities.Where(p => p > probabilities[token]).Sum() < topP + 1e-5;
        });

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Damaged_logits_are_an_error_and_no_token(float damage)
    {
        foreach (var temperature in new[] { 0.0, 1.0 })
        {
            foreach (var at in new[] { 0, 20, 36 })
            {
                var logits = new float[37];
                logits[at] = damage;
                Assert.Throws<InvalidOperationException>(() => new Sampler(Settings(temperature), logits.Length).Draw(logits, 0.5));
            }
        }
    }

    [Fact]
    public void Impossible_tokens_are_never_drawn()
    {
        float[] logits = [float.NegativeInfinity, 0, float.NegativeInfinity, 0, float.NegativeInfinity];
        AssertReachable(Settings(1), [1, 3], logits);
    }

    internal static SamplingSettings Settings(double temperature, double topP = 1, int topK = 0) => new(16, temperature, topP, topK, []);

    internal static double[] Softmax(float[] logits, double temperature)
    {
        var highest = logits.Max();
        var weights = logits.Select(l => Math.Exp((l - highest) / temperature)).ToArray();
        var total = weights.Sum();
        return [.. weights.Select(w => w / total)];
    }

    private static void AssertReachable(SamplingSettings settings, int[] tokens, float[] logits)
    {
        var sampler = new Sampler(settings, logits.Length);
        var drawn = Enumerable.Range(0, 1000).Select(i => sampler.Draw(logits, i / 1000.0).Token)
            .Append(sampler.Draw(logits, Math.BitDecrement(1.0)).Token).ToHashSet();
        Assert.Equal(tokens, drawn.Order());
    }
}
