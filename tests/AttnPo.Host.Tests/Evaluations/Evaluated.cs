using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Host.Evaluations;

namespace AttnPo.Host.Tests.Evaluations;

/// <summary>Made-up parts of evaluations.</summary>
internal static class Evaluated
{
    public static SamplingSettings Sampling { get; } = new(64, 1, 1, 0, []);

    /// <summary>Questions of one data set.</summary>
    public static DataSets One(int samples, int count) => DataSets.One("tiny", count, new(samples, null, null, Sampling));

    /// <summary>Questions from one on, each with one correct and one wrong response.</summary>
    public static IEnumerable<EvaluatedQuestion> Questions(int first, int count) =>
        Enumerable.Range(first, count).Select(index => new EvaluatedQuestion(
            new(index, "a", "1"), [new(index, 0, Verdict.Correct, 10 + index, "1"), new(index, 1, Verdict.Wrong, 20, "é\u2028")]));
}
