using System.CommandLine;
using AttnPo.Gpu;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Commands;

/// <summary>The options that say whose labels of steps are used: --label, --ablation-..., --judge-....</summary>
internal sealed class LabelOptions
{
    private const string Given = "given", Ablation = "ablation", Judge = "judge";

    private readonly Option<string[]> _label = new("--label")
    {
        Description = "Who says which steps are essential: given, the labels that responses bring along; ablation, the model itself, by what it thinks of the "
            + "answer without the step; judge, language models behind an endpoint. Given again, the first decides and the others are compared with it.",
        DefaultValueFactory = _ => [Given],
    };
    private readonly Option<double> _threshold = new Option<double>("--ablation-threshold")
    {
        Description = "Nats by which the answer's log-probability must fall without a step for the step to be essential.",
        HelpName = "NATS",
        DefaultValueFactory = _ => AblationSettings.DefaultThreshold,
    }.Within(value => double.IsFinite(value), "a number");
    private readonly Option<string> _of = new("--ablation-of")
    {
        Description = "What the log-probability is of: answer, all tokens after the reasoning; box, those in the last \\boxed{}.",
        DefaultValueFactory = _ => "answer",
    };
    private readonly Option<string> _over = new("--ablation-over")
    {
        Description = "From where a step's fall is counted: zero, or the median of the response's steps, for responses that are mostly redundant.",
        DefaultValueFactory = _ => "zero",
    };
    private readonly JudgeOptions _judge;

    /// <summary>Adds them to a command.</summary>
    public LabelOptions(Command command)
    {
        command.Add(_label.AcceptOnlyFromAmong(Given, Ablation, Judge));
        command.Add(_threshold);
        command.Add(_of.AcceptOnlyFromAmong("answer", "box"));
        command.Add(_over.AcceptOnlyFromAmong("zero", "median"));
        _judge = new(command);
    }

    /// <summary>Whether sources are named.</summary>
    public bool AreNamed(ParseResult parsed) => parsed.GetResult(_label) is { Implicit: false };

    /// <summary>Whether the labels that responses bring along choose the heads.</summary>
    public bool GivenDecide(ParseResult parsed) => Names(parsed)[0] == Given;

    /// <summary>The sources that are named, in that order, each once. Those that hold something open are disposed by the caller.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="folder">Of the model that is probed.</param>
    /// <param name="scorer">Runs it.</param>
    /// <param name="outFolder">Where the judges' answers are kept; made where it is missing.</param>
    /// <exception cref="SettingsException">An option goes with a source that is not named, or cannot be used.</exception>
    public IReadOnlyList<ILabelSource> Sources(ParseResult parsed, ModelFolder folder, IScorer scorer, string outFolder)
    {
        var names = Names(parsed);
        Refuse(parsed, names, Ablation, [_threshold, _of, _over]);
        Refuse(parsed, names, Judge, _judge.All);
        return [.. names.Select(name => (ILabelSource)(name switch
        {
            Ablation => new AblationLabels(scorer, Settings(parsed), folder.Tokenizer, folder.StopTokens),
            Judge => _judge.Open(parsed, outFolder),
            _ => new GivenLabels(),
        }))];
    }

    /// <summary>
    /// Whether an estimate of what judges cost is all that was asked for. It is then written to the output, and the command is done.
    /// </summary>
    public bool Estimates(ParseResult parsed, IReadOnlyList<ILabelSource> sources, IReadOnlyList<LabelledResponse> responses) =>
        _judge.Estimates(parsed, sources, responses);

    /// <summary>What of them decides labels, in words.</summary>
    public IEnumerable<(string Name, string Value)> Identity(ParseResult parsed)
    {
        var names = Names(parsed);
        return
        [
            ("label", string.Join(",", names)),
            .. names.Contains(Ablation) ? Settings(parsed).Identity : [],
            .. names.Contains(Judge) ? _judge.Identity(parsed) : [],
        ];
    }

    private string[] Names(ParseResult parsed) => [.. parsed.GetRequiredValue(_label).Distinct()];

    private AblationSettings Settings(ParseResult parsed) =>
        new(parsed.GetValue(_of) == "box" ? AblationTarget.Box : AblationTarget.Answer, parsed.GetValue(_threshold), parsed.GetValue(_over) == "median");

    private static void Refuse(ParseResult parsed, string[] names, string source, IEnumerable<Option> options)
    {
        if (names.Contains(source)) return;
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new SettingsException($"{given.Name} goes with --label {source}");
    }
}
