using System.CommandLine;
using AttnPo.Gpu;
using AttnPo.Host.Models;

namespace AttnPo.Host.Commands;

/// <summary>The options of commands that sample: --temperature, --top-p, --max-new, --seed.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<double> _temperature = new Option<double>("--temperature")
    {
        Description = "1 samples the model itself, 0 is greedy.",
        DefaultValueFactory = _ => 1,
    }.AtLeast(0);
    private readonly Option<double> _topP = new Option<double>("--top-p")
    {
        Description = "Keeps the smallest set of tokens of this probability.",
        DefaultValueFactory = _ => 1,
    }.Within(value => value is > 0 and <= 1, "a number above 0 and at most 1");
    private readonly Option<int> _maxNew = new Option<int>("--max-new") { Description = "Limit on new tokens.", DefaultValueFactory = _ => 512 }.AtLeast(1);
    private readonly Option<long> _seed = new Option<long>("--seed") { Description = "Seed of the draws.", DefaultValueFactory = _ => 1 }.AtLeast(0);

    /// <summary>Adds them to a command.</summary>
    public SamplingOptions(Command command)
    {
        command.Add(_temperature);
        command.Add(_topP);
        command.Add(_maxNew);
        command.Add(_seed);
    }

    /// <summary>How the next token is drawn.</summary>
    public SamplingSettings Settings(ParseResult parsed, ModelFolder folder, bool greedy = false) =>
        new(parsed.GetValue(_maxNew), greedy ? 0 : parsed.GetValue(_temperature), parsed.GetValue(_topP), 0, folder.StopTokens);

    /// <summary>The first option that was given and says how tokens are drawn; null where none was. The seed decides more than that.</summary>
    public string? FirstGiven(ParseResult parsed) => FirstGiven(parsed, _temperature, _topP, _maxNew);

    /// <summary>The first option that was given and says nothing where decoding is greedy; null where none was.</summary>
    public string? FirstOfDraws(ParseResult parsed) => FirstGiven(parsed, _temperature, _topP);

    /// <summary>The temperature where it was given.</summary>
    public double? Temperature(ParseResult parsed) => Given(parsed, _temperature);

    /// <summary>The share of top-p where it was given.</summary>
    public double? TopP(ParseResult parsed) => Given(parsed, _topP);

    /// <summary>The seed.</summary>
    public ulong Seed(ParseResult parsed) => (ulong)parsed.GetValue(_seed);

    private static string? FirstGiven(ParseResult parsed, params Option[] options) =>
        options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    private static double? Given(ParseResult parsed, Option<double> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;
}
