using System.CommandLine;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;

namespace AttnPo.Host.Commands;

/// <summary>How reasoning is cut into steps: --phrases, --min-chars.</summary>
internal sealed class StepOptions
{
    private readonly Option<string> _phrases = new("--phrases")
    {
        Description = "Table of transition phrases that cut reasoning into steps.",
        DefaultValueFactory = _ => "official",
    };
    private readonly Option<int> _minChars = new Option<int>("--min-chars")
    {
        Description = "Characters below which a step is merged. Default: 80; of the tiny task 8.",
        HelpName = "N",
    }.AtLeast(1);

    /// <summary>Adds them to a command.</summary>
    public StepOptions(Command command)
    {
        command.Add(_phrases.AcceptOnlyFromAmong("official", "corrected"));
        command.Add(_minChars);
    }

    /// <summary>What cuts and judges responses.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="tokenizer">Of the model.</param>
    /// <param name="unlessGiven">What holds where --min-chars is not given.</param>
    /// <param name="verifier">Finds and judges answers.</param>
    public ResponseReader Reader(ParseResult parsed, Tokenizer tokenizer, SegmentationSettings unlessGiven, IAnswerVerifier verifier) =>
        new(tokenizer, PhraseTable.Named(parsed.GetRequiredValue(_phrases)), Settings(parsed, unlessGiven), verifier);

    /// <summary>The first option that was given; null where none was.</summary>
    public string? FirstGiven(ParseResult parsed) => ((Option[])[_phrases, _minChars])
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>What of them decides steps, in words.</summary>
    public IEnumerable<(string Name, string Value)> Identity(ParseResult parsed, SegmentationSettings unlessGiven) =>
        [("phrases", parsed.GetRequiredValue(_phrases)), ("min-chars", $"{Settings(parsed, unlessGiven).MinCharacters}")];

    private SegmentationSettings Settings(ParseResult parsed, SegmentationSettings unlessGiven) =>
        parsed.GetResult(_minChars) is null ? unlessGiven : unlessGiven with { MinCharacters = parsed.GetValue(_minChars) };
}
