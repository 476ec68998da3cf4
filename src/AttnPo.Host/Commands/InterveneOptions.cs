using System.CommandLine;
using AttnPo.Gpu;
using AttnPo.Host.Probing;

namespace AttnPo.Host.Commands;

/// <summary>The options of interventions: --intervene, --k, --answers.</summary>
internal sealed class InterveneOptions
{
    private readonly Option<bool> _intervene = new("--intervene")
    {
        Description = "Take the highest-scored, the lowest-scored or random steps out of each response and let the model answer again.",
    };
    private readonly Option<int> _k = new Option<int>("--k")
    {
        Description = "Steps to take out; responses with at most one more are left alone.",
        HelpName = "K",
        DefaultValueFactory = _ => 2,
    }.AtLeast(1);
    private readonly Option<int> _answers = new Option<int>("--answers")
    {
        Description = "New answers to each; one is greedy, more are drawn at --temperature.",
        HelpName = "A",
        DefaultValueFactory = _ => 1,
    }.AtLeast(1);

    /// <summary>Adds them to a command.</summary>
    public InterveneOptions(Command command)
    {
        command.Add(_intervene);
        command.Add(_k);
        command.Add(_answers);
    }

    /// <summary>Whether interventions are asked for.</summary>
    public bool Asked(ParseResult parsed) => parsed.GetValue(_intervene);

    /// <summary>Whether new answers are drawn; a single one is greedy.</summary>
    public bool Draws(ParseResult parsed) => Asked(parsed) && parsed.GetValue(_answers) > 1;

    /// <summary>The first option that was given and says nothing without --intervene; null where none was.</summary>
    public string? Idle(ParseResult parsed) => Asked(parsed) ? null : ((Option[])[_k, _answers])
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>How they are made.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="seed">Of draws.</param>
    /// <param name="sampling">How tokens are drawn where they are.</param>
    public InterventionSettings Settings(ParseResult parsed, ulong seed, SamplingSettings sampling)
    {
        var answers = parsed.GetValue(_answers);
        return new(parsed.GetValue(_k), answers, seed, answers == 1 ? sampling with { Temperature = 0 } : sampling);
    }
}
