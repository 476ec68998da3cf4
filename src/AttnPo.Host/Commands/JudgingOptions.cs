using System.CommandLine;
using AttnPo.Core.Verification;
using AttnPo.Core.Verification.Code;
using AttnPo.Host.Models;

namespace AttnPo.Host.Commands;

/// <summary>The options of commands that judge responses: --rule, --answer, --isolation.</summary>
internal sealed class JudgingOptions
{
    private readonly Option<string> _rule = new("--rule")
    {
        Description = "How mathematical answers are compared.",
        DefaultValueFactory = _ => Verifiers.RuleWords[0],
    };
    private readonly Option<string> _answer = new Option<string>("--answer")
    {
        Description = $"Where a mathematical answer may be given: some of {string.Join(",", Verifiers.SourceWords)}. The first that is there counts.",
        HelpName = "box,...",
        DefaultValueFactory = _ => Verifiers.SourceWords[0],
    }.Within(text => Words(text).All(Verifiers.SourceWords.Contains), $"some of {string.Join(",", Verifiers.SourceWords)}");
    private readonly Option<string> _isolation = new("--isolation")
    {
        Description = "How programs in responses are run: required, in a sandbox made by bubblewrap; none, so that they may do all that "
            + "this user may.",
        DefaultValueFactory = _ => Verifiers.IsolationWords[0],
    };

    /// <summary>Adds them to a command.</summary>
    public JudgingOptions(Command command)
    {
        command.Add(_rule.AcceptOnlyFromAmong(Verifiers.RuleWords));
        command.Add(_answer);
        command.Add(_isolation.AcceptOnlyFromAmong(Verifiers.IsolationWords));
    }

    /// <summary>How programs are kept from the machine.</summary>
    public Isolation Isolation(ParseResult parsed) => Verifiers.IsolationNamed(parsed.GetRequiredValue(_isolation));

    /// <summary>What finds and judges answers.</summary>
    public IAnswerVerifier Verifier(ParseResult parsed) => Verifiers.Create(
        new() { Rule = parsed.GetRequiredValue(_rule), Sources = Verifiers.SourcesNamed(Words(parsed.GetRequiredValue(_answer)).Distinct()) },
        new(), Isolation(parsed));

    /// <summary>What of them decides verdicts, in words.</summary>
    public IEnumerable<(string Name, string Value)> Identity(ParseResult parsed) =>
    [
        ("rule", parsed.GetRequiredValue(_rule)),
        ("answer", string.Join(",", Verifiers.SourceWords.Intersect(Words(parsed.GetRequiredValue(_answer))))),
        ("isolation", parsed.GetRequiredValue(_isolation)),
    ];

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.TrimEntries);
}
