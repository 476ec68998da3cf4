using AttnPo.Core.Data;

namespace AttnPo.Host.Probing;

/// <summary>The labels that responses bring along: of their rows, or of a task that knows them.</summary>
internal sealed class GivenLabels : ILabelSource
{
    /// <inheritdoc/>
    public string Name => "given";

    /// <inheritdoc/>
    public Task<IReadOnlyList<IReadOnlyList<StepLabel?>>> LabelAsync(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<StepLabel?>>>([.. responses.Select(response =>
            response.Labels.Count > 0 ? response.Labels : new StepLabel?[response.Steps.Count])]);
}
