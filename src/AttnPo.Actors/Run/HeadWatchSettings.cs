using System.Security.Cryptography;
using System.Text;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>How the chosen heads are watched while the policy changes: before the first step, at marks on the way, and at the end.</summary>
public sealed record HeadWatchSettings
{
    /// <summary>Steps of all responses together: a megabyte of scores.</summary>
    public const int MostSteps = 65_536;

    /// <summary>
    /// Responses scored in one call of the device; between two calls the run sees that a look goes on. No setting: how responses are
    /// batched moves the last bits of their scores, which must be the same in each start.
    /// </summary>
    public const int ResponsesAtOnce = 16;

    /// <summary>Steps between two looks; at least 1.</summary>
    public required int Every { get; init; }

    /// <summary>What is scored each time.</summary>
    public required ProbeSet Probe { get; init; }

    /// <summary>Step ranking accuracy below which heads are chosen anew; null: never.</summary>
    public double? Reselect { get; init; }

    /// <summary>All heads that may be chosen.</summary>
    public IReadOnlyList<HeadId> Candidates { get; init; } = [];

    /// <summary>Heads of a set that is chosen anew. Default 4: more add nothing.</summary>
    public int Most { get; init; } = 4;

    /// <summary>Looks for what the types cannot forbid.</summary>
    /// <exception cref="ArgumentException">Settings contradict each other; the message says which.</exception>
    internal void Check()
    {
        if (Every < 1) throw new ArgumentException($"Heads cannot be watched every {Every} steps.");
        if (Probe.Requests.Count == 0) throw new ArgumentException("Heads can be watched on responses alone, and the probe set has none.");
        // What they are compared with lies in each saved state.
        if (Probe.Requests.Sum(request => request.Steps.Count) is > MostSteps and var steps)
            throw new ArgumentException($"The responses that heads are watched on have {steps} steps; at most {MostSteps} can be.");
        if (Reselect is null) return;
        if (Candidates.Count == 0 || Most < 1) throw new ArgumentException("There are no heads to choose from, or none may be chosen.");
        if (Probe.Halves.Measuring.Count == 0)
            throw new ArgumentException("To choose heads anew takes responses to two prompts at least that have essential and redundant steps.");
    }
}

/// <summary>Responses that stay the same while the policy changes.</summary>
/// <param name="requests">What is scored of each.</param>
/// <param name="labels">Of each response a label for each step, null where it is not known; null: none is.</param>
public sealed class ProbeSet(IReadOnlyList<ScoreRequest> requests, IReadOnlyList<IReadOnlyList<StepLabel?>>? labels)
{
    private readonly Lazy<string> _name = new(() => NameOf(requests, labels));
    private readonly Lazy<IReadOnlyList<int>> _ranked = new(() => [.. Enumerable.Range(0, requests.Count).Where(i =>
        labels?[i] is { } known && known.Contains(StepLabel.Essential) && known.Contains(StepLabel.Redundant))]);

    private readonly Lazy<IReadOnlyList<string>> _prompts = new(() => [.. requests.Select(request => string.Join(' ', request.Prompt))]);

    /// <summary>What is scored of each response; no log-probabilities.</summary>
    public IReadOnlyList<ScoreRequest> Requests { get; } = [.. requests.Select(request => request with { LogProbsFrom = request.Response.Length })];

    /// <summary>The responses that have essential and redundant steps: those on which heads can be right or wrong.</summary>
    public IReadOnlyList<int> Ranked => _ranked.Value;

    /// <summary>
    /// The <see cref="Ranked"/> responses in two parts, as <see cref="HeadReport"/> has them: those to the first, third, ... prompt that
    /// has any, on which heads are chosen, and those to the others, on which a choice is measured. Responses to one prompt, which say much the
    /// same, are in one part.
    /// </summary>
    public (IReadOnlyList<int> Choosing, IReadOnlyList<int> Measuring) Halves
    {
        get
        {
            var byPrompt = Ranked.GroupBy(i => _prompts.Value[i]).ToArray();
            return ([.. Part(0)], [.. Part(1)]);

            IEnumerable<int> Part(int parity) => byPrompt.Where((_, number) => number % 2 == parity).SelectMany(ofPrompt => ofPrompt).Order();
        }
    }

    /// <summary>Of the content: sets of the same name are equal.</summary>
    public string Name => _name.Value;

    /// <summary>Step ranking accuracy over some of the <see cref="Ranked"/> responses; null: there is no pair to rank.</summary>
    /// <param name="among">Which.</param>
    /// <param name="scores">Of each response of the set, a score for each step.</param>
    public double? Accuracy(IEnumerable<int> among, IReadOnlyList<double[]> scores)
    {
        var (accuracy, pairs) = StepRanking.Accuracy(among.Select(i => ((IReadOnlyList<double>)Labelled(i, scores[i]), Essential(i))));
        return pairs == 0 ? null : accuracy;
    }

    /// <summary>A response as evidence for a choice of heads: its labelled steps alone.</summary>
    /// <param name="response">One of the <see cref="Ranked"/>.</param>
    /// <param name="scores">[head][step].</param>
    public ProbedResponse Evidence(int response, double[][] scores) =>
        new([.. scores.Select(head => Labelled(response, head))], Essential(response)) { Prompt = _prompts.Value[response] };

    private double[] Labelled(int response, double[] scores) => [.. scores.Where((_, step) => labels![response][step] is not null)];

    private IReadOnlyList<bool> Essential(int response) =>
        [.. labels![response].OfType<StepLabel>().Select(label => label == StepLabel.Essential)];

    private static string NameOf(IReadOnlyList<ScoreRequest> requests, IReadOnlyList<IReadOnlyList<StepLabel?>>? labels)
    {
        var text = new StringBuilder();
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            text.AppendJoin(' ', request.Prompt).Append('|').AppendJoin(' ', request.Response).Append('|').Append(request.ThinkEnd).Append('|')
                .AppendJoin(' ', request.Steps.Select(step => $"{step.Start}-{step.End}")).Append('|')
                .AppendJoin(' ', labels?[i].Select(label => label?.ToString() ?? "-") ?? []).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
