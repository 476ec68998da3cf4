using System.Text;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using CsCheck;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>Waves of any content that a run could come to, the strangest texts and numbers included.</summary>
internal static class Arbitrary
{
    public static readonly WaveId Wave = new(new StepNumber(12), 3);

    /// <summary>Any finite number of single precision: denormals and the negative zero too.</summary>
    public static readonly Gen<float> Single = Gen.OneOf(
        OneOf(-0f, 0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1.1754942e-38f),
        Gen.Int.Select(BitConverter.Int32BitsToSingle).Where(float.IsFinite));

    /// <summary>Any finite number of double precision.</summary>
    public static readonly Gen<double> Double = Gen.OneOf(
        OneOf(-0d, 0d, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 2.2250738585072009e-308, 1 / 3.0),
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite));

    /// <summary>Code points of all lengths in UTF-8 and UTF-16, those that JSON escapes and those that end lines among them.</summary>
    public static readonly Gen<string> Text = Gen.OneOf(
            Gen.Int[0, 0x1F], Gen.Int[0x20, 0x7F], OneOf<int>('"', '\\', '\n', '\r', '<', 0x85, 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xFFFF),
            Gen.Int[0x80, 0xD7FF], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x1_0000, 0x10_FFFF])
        .Array[0, 20].Select(points => string.Concat(points.Select(point => new Rune(point).ToString())));

    public static readonly Gen<SampledGroup> Sampled =
        from index in Gen.Int[0, 1_000_000]
        from position in Gen.Long[0, long.MaxValue]
        from prompt in Gen.Long[0, long.MaxValue]
        from text in Text
        from gold in Text
        from tokens in Gen.Int[0, int.MaxValue].Array[0, 8]
        select new SampledGroup(new GroupId(Wave, index), position, new Prompt(prompt, text, gold), tokens);

    /// <summary>Groups in any order; responses may be empty.</summary>
    public static readonly Gen<GeneratedGroup[]> Groups =
        (from source in Sampled
         from completions in (
            from tokens in Gen.Int[0, int.MaxValue].Array[0, 8]
            from logProbs in Single.Array[0, 8]
            from finish in OneOf(Enum.GetValues<FinishReason>())
            select (tokens, logProbs, finish)).Array[1, 4]
         select new GeneratedGroup(
            source, [.. completions.Select((of, sample) => new Completion(source.Position, sample, of.tokens, of.logProbs, of.finish))]))
        .Array[0, 4].Select(groups => groups.DistinctBy(group => group.Source.Id).ToArray());

    /// <summary>Judgements of such groups; steps follow one another, with gaps or without, and may be none.</summary>
    public static readonly Gen<ScoredGroup[]> Scored =
        from groups in Groups
        from judged in Gen.Bool.SelectMany(isLabelled => Judgement(isLabelled).Array[4]).Array[groups.Length]
        from share in Double.Array[groups.Length]
        select groups.Select((generated, i) => Judge(generated, judged[i], share[i])).ToArray();

    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<Rollout> Judgement(bool isLabelled) =>
        from text in Text
        from marks in Gen.Int[0, 24].Array[0, 6]
        from verdict in OneOf(Enum.GetValues<Verdict>())
        from answer in Text.Null()
        from thinkEnd in Gen.Int[-1, 1000]
        from ofStep in Gen.Select(OneOf(Enum.GetValues<StepClass>()), Text.Null(), Gen.Int[0, 1000], Gen.Int[0, 1000], OneOf(Enum.GetValues<StepLabel>())).Array[3]
        from numbers in Double.Array[9]
        from isCounted in Gen.Bool
        from isScored in Gen.Bool
        from phrases in Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 9], (confused, forward, backward) => new PhraseCounts(confused, forward, backward))
            .Nullable()
        let starts = CharactersOf(text)
        let ends = marks.Select(mark => starts[Math.Min(mark, starts.Length - 1)]).Order().Chunk(2).Where(pair => pair.Length == 2).ToArray()
        select new Rollout(
            new ReadResponse(
                text, verdict, answer, thinkEnd,
                [.. ends.Select((pair, i) => new Step(pair[0], pair[1], ofStep[i].Item1, ofStep[i].Item2))],
                [.. ends.Select((_, i) => new TokenSpan(ofStep[i].Item3, ofStep[i].Item4))]) { Phrases = phrases },
            isLabelled ? [.. ends.Select((_, i) => ofStep[i].Item5)] : null,
            isScored ? new StepCredit([.. numbers.Take(ends.Length)], numbers[3], [.. numbers.Skip(4).Take(ends.Length)]) : null,
            numbers[7], numbers[8], isCounted);

    /// <summary>Where code points begin, and the text's end.</summary>
    private static int[] CharactersOf(string text) =>
        [.. Enumerable.Range(0, text.Length + 1).Where(i => i == text.Length || !char.IsLowSurrogate(text[i]))];

    private static ScoredGroup Judge(GeneratedGroup group, Rollout[] rollouts, double share)
    {
        rollouts = rollouts[..group.Completions.Count];
        var labels = rollouts[0].Labels is null ? null : rollouts.Select(rollout => rollout.Labels!).ToArray();
        var credit = new GroupCredit(
            share, [.. rollouts.Select(rollout => rollout.Reward)], [.. rollouts.Select(rollout => rollout.Advantage)],
            [.. rollouts.Select(rollout => rollout.IsCounted)]);
        return new ScoredGroup(
            new JudgedGroup(group, [.. rollouts.Select(rollout => rollout.Reading)], labels, credit), [.. rollouts.Select(rollout => rollout.Credit)]);
    }

    private sealed record Rollout(
        ReadResponse Reading, IReadOnlyList<StepLabel>? Labels, StepCredit? Credit, double Reward, double Advantage, bool IsCounted);
}
