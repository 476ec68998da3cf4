using System.Globalization;
using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Verification;
using AttnPo.Host.Models;
using AttnPo.Host.Progress;

namespace AttnPo.Host.Probing;

/// <summary>Labels of all responses from one source.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Labels">[response][step].</param>
internal sealed record LabelSet(string Source, IReadOnlyList<IReadOnlyList<StepLabel?>> Labels)
{
    /// <summary>The labels of each of those that voted for these; empty where one labeller made them.</summary>
    public IReadOnlyList<LabelSet> Parts { get; init; } = [];
}

/// <summary>What a probe found.</summary>
/// <param name="Report">Heads and their accuracies, by the labels of the first source.</param>
/// <param name="Scored">The responses with all scores.</param>
/// <param name="Labels">Those of the first source.</param>
/// <param name="Agreements">Of every two sources, and of every two judges behind one.</param>
internal sealed record ProbeFindings(
    HeadReport Report, IReadOnlyList<ScoredResponse> Scored, LabelSet Labels, IReadOnlyList<SourceAgreement> Agreements);

/// <summary>Labels responses, scores them with all heads, chooses heads and writes what was found.</summary>
internal sealed class ProbeWork(ModelFolder folder, ProbeEngines engines, ProbeFolder output, TextWriter notices)
{
    /// <summary>The labels of every source, in the order of the sources. The first must tell heads apart, before a further one is asked and paid.</summary>
    /// <exception cref="WorkFailedException">The labels of the first source do not.</exception>
    public static async Task<IReadOnlyList<LabelSet>> LabelAsync(
        IReadOnlyList<LabelledResponse> responses, IReadOnlyList<ILabelSource> sources, CancellationToken cancellation)
    {
        var sets = new List<LabelSet>();
        foreach (var source in sources)
        {
            sets.Add(new(source.Name, await source.LabelAsync(responses, cancellation)) { Parts = source.Parts(responses) });
            if (sets.Count == 1) Require(responses, sets[0]);
        }
        return sets;
    }

    /// <summary>Chooses heads by the first set of labels and compares it with the others.</summary>
    /// <param name="responses">What is scored.</param>
    /// <param name="sets">Labels as <see cref="LabelAsync"/> gives them; the first choose.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <param name="mostHeads">The largest set of heads.</param>
    /// <param name="cancellation">Ends it.</param>
    public ProbeFindings Find(
        IReadOnlyList<LabelledResponse> responses, IReadOnlyList<LabelSet> sets, ulong seed, int mostHeads, CancellationToken cancellation)
    {
        IReadOnlyList<ScoredResponse> scored = [];
        CountedProgress.Run("responses scored", responses.Count, advance =>
            scored = StepScoring.Score(engines, ProbedHeads.All(folder.Config), responses, advance, cancellation));
        var probed = scored.Zip(sets[0].Labels, (response, labels) => response.Probed(labels)).ToList();
        var report = HeadReport.Of(probed, seed, mostHeads);
        if (report.ChosenAccuracy.Low <= 0.5)
            notices.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"the chosen heads rank {report.ChosenAccuracy.Accuracy:P1} of the pairs rightly, which chance may do as well: "
                + $"more responses or other labels are needed"));
        return new(report, scored, sets[0], SourceAgreement.Of(scored, sets));
    }

    /// <summary>
    /// Writes the files of the report and the responses with labels and scores. What interventions came to by an earlier probe goes first:
    /// it says nothing of these heads.
    /// </summary>
    /// <param name="findings">What was found.</param>
    /// <param name="about">Where it comes from.</param>
    /// <param name="drops">What ablation measured of a response's steps; null where it did not.</param>
    public void Write(ProbeFindings findings, JsonObject about, Func<LabelledResponse, IReadOnlyList<double>?> drops)
    {
        output.Write(ProbeFolder.InterventionFile, null);
        var rows = new LabelledRowWriter(folder.Tokenizer.Encode);
        output.WriteProbed(findings.Scored.Zip(findings.Labels.Labels, (scored, labels) => (
            scored.Response,
            new StepFindings(labels, findings.Labels.Source, scored.Mean(findings.Report.Chosen), drops(scored.Response)))), rows);
        about["agreement"] = SourceAgreement.Json(findings.Agreements);
        HeadReportFiles.Write(output.Directory, folder.Config, findings.Report, about);
    }

    /// <summary>Writes what interventions came to.</summary>
    public void Write(JsonObject intervention) => output.Write(ProbeFolder.InterventionFile, intervention);

    /// <summary>Takes steps out of the responses that did not choose the heads and lets the model answer again.</summary>
    /// <exception cref="WorkFailedException">There is no response to do that with.</exception>
    public (InterventionReport Report, int LeftOut) Intervene(
        ProbeFindings findings, IAnswerVerifier verifier, InterventionSettings settings, CancellationToken cancellation)
    {
        engines.CloseScorer();
        var intervention = new Intervention(folder, engines.Generator, verifier, settings);
        // Heads that fit the responses that chose them by chance would look better on these.
        InterventionCase[] held = [.. findings.Scored.Zip(findings.Labels.Labels, (scored, labels) =>
            new InterventionCase(scored.Response, scored.Mean(findings.Report.Chosen), labels)).Where((_, i) => findings.Report.HeldOut[i])];
        var cases = intervention.Fit(held);
        if (cases.Count == 0)
            throw new WorkFailedException(
                $"--intervene: none of the {held.Length} responses that did not choose the heads has more than {settings.Removed + 1} steps and an answer; lower --k");
        IReadOnlyList<ResponseOutcome> outcomes = [];
        CountedProgress.Run("interventions", cases.Count, advance => outcomes = intervention.Run(cases, advance, cancellation));
        if (outcomes.Count == 0) throw new WorkFailedException($"--intervene: of {cases.Count} responses no answer could be judged");
        return (InterventionReport.Of(outcomes, settings.Seed), held.Length - outcomes.Count);
    }

    private static void Require(IReadOnlyList<LabelledResponse> responses, LabelSet set)
    {
        var all = set.Labels.SelectMany(labels => labels).ToList();
        var (essential, redundant) = (all.Count(label => label == StepLabel.Essential), all.Count(label => label == StepLabel.Redundant));
        string[] both = [.. Enumerable.Range(0, responses.Count)
            .Where(i => set.Labels[i].Contains(StepLabel.Essential) && set.Labels[i].Contains(StepLabel.Redundant))
            .Select(i => responses[i].PromptText)];
        var prompts = both.Distinct(StringComparer.Ordinal).Count();
        if (prompts >= HeadReport.LeastResponses) return;
        throw new WorkFailedException(
            $"{both.Length} of {set.Labels.Count} responses, to {prompts} prompts, have both essential and redundant steps by the labels \"{set.Source}\" "
            + $"({essential} essential, {redundant} redundant, {all.Count - essential - redundant} without a label); "
            + $"at least {HeadReport.LeastResponses} such prompts are needed"
            + (essential + redundant > 0 ? ""
                : set.Source == GivenLabels.Given ? ": label the steps, or let --label ablation or --label judge do it"
                : ": no answer of this source could be used"));
    }
}
