using System.CommandLine;
using AttnPo.Gpu;
using AttnPo.Host.Probing;

namespace AttnPo.Host.Commands;

/// <summary>The options of collecting: --collect, --samples, --easy, --per-prompt.</summary>
internal sealed class CollectOptions
{
    private readonly Option<int> _collect = new Option<int>("--collect")
    {
        Description = "Collect so many correct responses of the model to easy questions of --data, into DIR/responses.jsonl, for people to label or for the other --label.",
        HelpName = "N",
    }.AtLeast(1);
    private readonly Option<int> _samples = new Option<int>("--samples")
    {
        Description = "Responses to each question while collecting.",
        HelpName = "G",
        DefaultValueFactory = _ => 8,
    }.AtLeast(1);
    private readonly Option<double> _easy = new Option<double>("--easy")
    {
        Description = "A question is easy when at least this share of its responses is correct.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => 0.75,
    }.Within(share => share is > 0 and <= 1, "a number above 0 and at most 1");
    private readonly Option<int> _perPrompt = new Option<int>("--per-prompt")
    {
        Description = "Responses to take of an easy question at most. Those to one question say much the same.",
        HelpName = "K",
        DefaultValueFactory = _ => 1,
    }.AtLeast(1);

    /// <summary>Adds them to a command.</summary>
    public CollectOptions(Command command)
    {
        command.Add(_collect);
        command.Add(_samples);
        command.Add(_easy);
        command.Add(_perPrompt);
    }

    /// <summary>Whether responses are to be collected.</summary>
    public bool Asked(ParseResult parsed) => parsed.GetResult(_collect) is not null;

    /// <summary>The first option that was given and says nothing without --collect; null where none was.</summary>
    public string? Idle(ParseResult parsed) => Asked(parsed) ? null : ((Option[])[_samples, _easy, _perPrompt])
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>What is collected.</summary>
    public CollectionSettings Settings(ParseResult parsed, ulong seed, SamplingSettings sampling) => new(
        parsed.GetValue(_collect), parsed.GetValue(_samples), parsed.GetValue(_easy), parsed.GetValue(_perPrompt), seed, sampling);
}
