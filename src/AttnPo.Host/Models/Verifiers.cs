using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Core.Verification.Code;

namespace AttnPo.Host.Models;

/// <summary>Puts together what finds and judges answers of every kind.</summary>
internal static class Verifiers
{
    /// <summary>Words for <see cref="Isolation"/>.</summary>
    public static readonly string[] IsolationWords = ["required", "none"];

    /// <summary>The isolation that one of <see cref="IsolationWords"/> names.</summary>
    public static Isolation IsolationNamed(string word) => word == "none" ? Isolation.None : Isolation.Required;

    /// <summary>Words for where an answer may be given.</summary>
    public static readonly string[] SourceWords = ["box", "phrase", "formula", "number"];

    /// <summary>Rules by which mathematical answers are compared.</summary>
    public static readonly string[] RuleWords = ["equality", "reference", "exact"];

    /// <summary>The sources that some of <see cref="SourceWords"/> name.</summary>
    public static AnswerSource SourcesNamed(IEnumerable<string> words) =>
        words.Aggregate((AnswerSource)0, (sources, word) => sources | (AnswerSource)(1 << Array.IndexOf(SourceWords, word)));

    /// <summary>What compares mathematical answers by one of <see cref="RuleWords"/>.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="budget">Of one comparison.</param>
    public static IAnswerGrader Grader(string rule, TimeSpan budget) => rule switch
    {
        "equality" => new EqualityGrader(budget),
        "reference" => new ReferenceGrader(budget),
        "exact" => new ExactGrader(),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, $"Expected one of {string.Join(", ", RuleWords)}."),
    };

    /// <summary>Verifiers of all kinds. The sandbox is looked for when the first program is judged.</summary>
    public static IAnswerVerifier Create(MathSettings math, CodeSettings code, Isolation isolation) => new AnswerVerifiers(
        new MathVerifier(Grader(math.Rule, math.Budget), math.Sources, publishedBox: math.Rule == "reference"), new ChoiceVerifier(), new CodeVerifier(code, () => Sandbox.Open(isolation)));

    /// <summary>The kinds of answer that prompts ask for, from the first prompt on.</summary>
    public static IReadOnlySet<AnswerKind> KindsOf(IPromptSet prompts, int count) =>
        Enumerable.Range(0, count).Select(index => prompts[index].Gold.Kind).ToHashSet();

    /// <summary>Stops where an answer of these kinds could not be judged on this machine.</summary>
    /// <param name="kinds">Those that prompts ask for.</param>
    /// <param name="isolation">How programs are to be run.</param>
    /// <param name="setting">What allows to run them without isolation, as it is written.</param>
    /// <exception cref="WorkFailedException">The message says what to do.</exception>
    public static void Require(IReadOnlySet<AnswerKind> kinds, Isolation isolation, string setting)
    {
        if (!kinds.Contains(AnswerKind.Code)) return;
        try
        {
            Sandbox.Open(isolation);
        }
        catch (SandboxException e)
        {
            var without = isolation == Isolation.None || !OperatingSystem.IsLinux()
                ? "" : $" Or, where a program may do all that this user may: {setting}.";
            throw new WorkFailedException($"There are prompts whose answer is a program, and none can be run here. {e.Message}{without}");
        }
    }
}

/// <summary>How mathematical answers are found and compared.</summary>
internal sealed record MathSettings
{
    /// <summary>One of <see cref="Verifiers.RuleWords"/>. Default: mathematical equality.</summary>
    public string Rule { get; init; } = "equality";

    /// <summary>Where the answer may be given. Default: in a box alone, as the method has it.</summary>
    public AnswerSource Sources { get; init; } = AnswerSource.Box;

    /// <summary>Of one comparison. Default: <see cref="EqualityGrader.DefaultBudget"/>.</summary>
    public TimeSpan Budget { get; init; } = EqualityGrader.DefaultBudget;
}
