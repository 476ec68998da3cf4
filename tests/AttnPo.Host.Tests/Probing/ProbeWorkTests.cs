using AttnPo.Core.Data;
using AttnPo.Host.Probing;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class ProbeWorkTests
{
    private static LabelledResponse[] Responses(params StepLabel?[] labels) =>
        [.. Enumerable.Range(0, 4).Select(i => MadeResponse.OfText($"{i}", $"{i}?", "!", "one", "two") with { Labels = labels })];

    [Fact]
    public async Task Labels_that_cannot_work_end_it_before_a_further_source_is_asked()
    {
        var judges = new Judges();
        foreach (var labels in (StepLabel?[][])[[], [StepLabel.Essential, null]])
        {
            var error = await Assert.ThrowsAsync<WorkFailedException>(
                () => ProbeWork.LabelAsync(Responses(labels), [new GivenLabels(), judges], CancellationToken.None));
            Assert.Contains("0 of 4 responses, to 0 prompts", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0, judges.Asked);
    }

    [Fact]
    public async Task Every_source_is_asked_where_the_first_tells_heads_apart()
    {
        var judges = new Judges();
        var sets = await ProbeWork.LabelAsync(
            Responses(StepLabel.Essential, StepLabel.Redundant), [new GivenLabels(), judges], CancellationToken.None);
        Assert.Equal((1, "given judge"), (judges.Asked, string.Join(" ", sets.Select(set => set.Source))));
    }

    private sealed class Judges : ILabelSource
    {
        public int Asked { get; private set; }

        public string Name => "judge";

        public Task<IReadOnlyList<IReadOnlyList<StepLabel?>>> LabelAsync(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation)
        {
            Asked++;
            return Task.FromResult<IReadOnlyList<IReadOnlyList<StepLabel?>>>([.. responses.Select(response => new StepLabel?[response.Steps.Count])]);
        }
    }
}
