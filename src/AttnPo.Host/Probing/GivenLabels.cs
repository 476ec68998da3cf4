using AttnPo.Core.Data;

namespace AttnPo.Host.Probing;

/// <summary>The labels that responses bring along: of their rows, or of a task that knows them.</summary>
internal sealed class GivenLabels : ILabelSource
{
    /// <summary>The source's name.</summary>
    public const string Given = "given";

    /// <inheritdoc/>
    public string Name => Given;

    /// <inheritdoc/>
    public Task<IReadOnlyList<IReadOnlyList<StepLabel?>>> LabelAsync(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<StepLabel?>>>([.. responses.Select(response =>
            response.Labels.Count > 0 ? response.Labels : new StepLabel?[response.Steps.Count])]);
}
