using AttnPo.Core.Verification.Expressions;

namespace AttnPo.Core.Verification;

/// <summary>
/// Equal means mathematically equal: both answers are read as expressions and compared exactly where a normal form decides, and by their
/// values to 57 digits where it does not. Pure: the same pair always gets the same grade, whatever machine it is and however busy.
/// </summary>
/// <remarks>
/// It always answers. Work is counted, not timed; what takes more is <see cref="GradeOutcome.OverBudget"/>. An answer of more than 4,096
/// characters, or nested more than 48 deep, is read as characters alone.
/// </remarks>
public sealed class EqualityGrader : IAnswerGrader
{
    /// <summary>Time that one comparison may take, at the rate at which work is counted.</summary>
    public static readonly TimeSpan DefaultBudget = TimeSpan.FromMilliseconds(50);

    // Counted so that a unit takes less on any machine that trains a model: what is promised as 50 ms takes 10 to 40 on a core of a busy server.
    internal const long UnitsPerMillisecond = 20_000;

    private readonly long _units;

    /// <param name="budget">Of one comparison; null: <see cref="DefaultBudget"/>.</param>
    public EqualityGrader(TimeSpan? budget = null) => _units = (long)((budget ?? DefaultBudget).TotalMilliseconds * UnitsPerMillisecond);

    /// <inheritdoc/>
    public Grade Compare(string gold, string answer)
    {
        if (gold == answer) return SameCharacters(answer);
        if (gold.Length > MathText.Longest || answer.Length > MathText.Longest) return Grade.Different("too long to be read");
        var (left, right) = (MathText.Normalize(gold), MathText.Normalize(answer));
        if (left == right) return SameCharacters(left);
        try
        {
            return Compare(left, right, new WorkBudget(_units));
        }
        catch (OverBudgetException)
        {
            return Grade.OverBudget("takes more work than its budget");
        }
    }

    private static Grade SameCharacters(string text) =>
        text.AsSpan().IsWhiteSpace() ? Grade.Different("nothing is there") : Grade.Equal("the same characters");

    private static Grade Compare(string gold, string answer, WorkBudget budget)
    {
        if (MathText.AreWords(gold) && MathText.AreWords(answer) && SameWords(gold, answer)) return Grade.Equal("the same words");
        var goldReadings = Readings(gold, budget, out var goldFault);
        var answerReadings = Readings(answer, budget, out var answerFault);
        if (goldReadings.Count == 0 || answerReadings.Count == 0)
        {
            var same = MathText.Letters(gold) is { } letters && letters == MathText.Letters(answer);
            if (same) return Grade.Equal("the same letters");
            return Grade.Different(answerReadings.Count == 0
                ? $"the answer cannot be read: {answerFault}" : $"the gold answer cannot be read: {goldFault}");
        }
        foreach (var left in goldReadings)
            foreach (var right in answerReadings)
                if (new AnswerComparison(budget).Same(left, right)) return Grade.Equal("equal as expressions");
        return Grade.Different("not equal as expressions");
    }

    private static bool SameWords(string gold, string answer) =>
        string.Equals(MathText.Letters(gold), MathText.Letters(answer), StringComparison.OrdinalIgnoreCase);

    /// <summary>What a text may mean: more than one thing where a comma stands between digits.</summary>
    private static List<Expression> Readings(string text, WorkBudget budget, out string fault)
    {
        var readings = new List<Expression>();
        fault = "";
        try
        {
            readings.Add(MathParser.Parse(text, CommaReading.Thousands, budget, out var isAmbiguous));
            if (!isAmbiguous) return readings;
            readings.Add(MathParser.Parse(text, CommaReading.Separator, budget, out _));
            // 0,25: no list begins with 0 and a comma without a space.
            if (text.TrimStart('-', '+', ' ').StartsWith("0,", StringComparison.Ordinal))
                readings.Add(MathParser.Parse(text, CommaReading.Decimal, budget, out _));
        }
        catch (UnreadableException e)
        {
            fault = e.Message;
        }
        return readings;
    }
}
