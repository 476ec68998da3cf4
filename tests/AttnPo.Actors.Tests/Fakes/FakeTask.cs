using System.Text;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>Numbered questions whose answer is their number; responses have steps, and may be wrong, long or cut off.</summary>
internal sealed class FakeTask(int count, int offset = 0) : IPromptSet, IStepLabels
{
    private static readonly Lazy<Tokenizer> Loaded = new(() =>
    {
        using var folder = new TemporaryFolder();
        TinyTask.WriteTokenizer(folder.Path);
        return Tokenizer.Load(folder.Path);
    });

    public static Tokenizer Tokenizer => Loaded.Value;

    public static ResponseReader Reader { get; } =
        new(Tokenizer, PhraseTable.Official, new SegmentationSettings(5, 2), new MathVerifier(new ExactGrader()));

    public int Count => count;

    public Prompt this[int index] => new(index, $"? {index + offset}\n", $"{index + offset}");

    public static string GoldOf(Tokenizer tokenizer, IReadOnlyList<int> prompt) => tokenizer.Decode(prompt).Text.Trim('?', ' ', '\n');

    public static string Respond(uint draw, string gold, out bool truncated)
    {
        var text = new StringBuilder($"First, a= {gold} .\n");
        var checks = draw % 5;
        for (var i = 0; i < checks; i++) text.Append($"Wait, is it {gold} ? yes {i} .\n");
        truncated = draw % 11 == 3;
        return truncated ? text.ToString() : text.Append($"</think>\\boxed{{{(draw % 3 == 0 ? "no" : gold)}}}<|end|>").ToString();
    }

    public IReadOnlyList<StepLabel> Label(Prompt prompt, string response, IReadOnlyList<Step> steps) =>
        [.. steps.Select(step => step.Class == StepClass.Confused ? StepLabel.Redundant : StepLabel.Essential)];

    public int MissingEssentials(Prompt prompt, string response) => response.StartsWith("First,", StringComparison.Ordinal) ? 0 : 1;
}
