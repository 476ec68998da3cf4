using AttnPo.Core.Data;

namespace AttnPo.Host.Probing;

/// <summary>Says which steps of responses are essential.</summary>
internal interface ILabelSource
{
    /// <summary>As options, files and tables name it: given, ablation, judge.</summary>
    string Name { get; }

    /// <summary>For each response a label for each of its steps, in order; null where it cannot say.</summary>
    Task<IReadOnlyList<IReadOnlyList<StepLabel?>>> LabelAsync(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation);

    /// <summary>The labels of each of the labellers that vote behind this source, of responses that it labelled; none where it asks but one.</summary>
    IReadOnlyList<LabelSet> Parts(IReadOnlyList<LabelledResponse> responses) => [];
}
