using System.Runtime.CompilerServices;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Scoring;
using Xunit;

namespace AttnPo.Gpu.Tests.Scoring;

/// <summary>Ablation on the shipped model, whose task knows which steps its answers rest on.</summary>
public sealed class StepAblationTests
{
    private const int Prompts = 30;

    private static readonly string Folder = Path.Combine(Root(), "models", "tiny-reasoner");
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(Folder);
    private static readonly int[] Stop = [Tokenizer.IdOf("<|end|>")!.Value];

    [Fact]
    public void The_answer_loses_more_without_a_step_that_it_rests_on_and_always_as_much()
    {
        using var model = HuggingFaceModel.Load(Folder);
        var responses = Correct(new TinyTask(new TinyTaskSettings()));
        Assert.InRange(responses.Count, Prompts / 2, Prompts);
        var drops = Drops(model, responses);
        // Chance is 0.5. Early steps are covered by the checks that follow them, so it cannot be 1 (docs/labels.md).
        var (accuracy, pairs) = StepRanking.Accuracy(responses.Zip(drops, (response, drop) => ((IReadOnlyList<double>)drop, response.Essential)));
        Assert.True(accuracy > 0.6, $"{accuracy} over {pairs} pairs");
        Assert.Equal(drops[..3], Drops(model, responses[..3]));
    }

    private static List<(int[] Prompt, int[] Tokens, ReadResponse Read, IReadOnlyList<bool> Essential)> Correct(TinyTask task)
    {
        var reader = new ResponseReader(Tokenizer, PhraseTable.Official, new(MinCharacters: 1, MinSummaryCharacters: 0), new MathVerifier(new ExactGrader()));
        Prompt[] prompts = [.. Enumerable.Range(0, Prompts).Select(i => task.HeldOut[i])];
        var tokens = Array.ConvertAll(prompts, prompt => Tokenizer.Encode(prompt.Text));
        using var generator = Generator.Load(Folder, ModelConfig.Load(Folder));
        var completions = generator.Generate(new(
            Seed: 1, Step: 0, [.. prompts.Select((prompt, i) => new GenerationPrompt(prompt.Index, tokens[i]))], SamplesPerPrompt: 1,
            new(MaxNewTokens: 512, Temperature: 1, TopP: 1, TopK: 0, Stop)));
        var correct = new List<(int[], int[], ReadResponse, IReadOnlyList<bool>)>();
        for (var i = 0; i < prompts.Length; i++)
        {
            var read = reader.Read(completions[i].Tokens, completions[i].Finish == FinishReason.Length, prompts[i].Gold);
            if (read.Verdict != Verdict.Correct) continue;
            var labels = task.Label(prompts[i], read.Text, read.Steps);
            correct.Add((tokens[i], completions[i].Tokens, read, [.. labels.Select(label => label == StepLabel.Essential)]));
        }
        return correct;
    }

    private static double[][] Drops(
        HuggingFaceModel model, List<(int[] Prompt, int[] Tokens, ReadResponse Read, IReadOnlyList<bool> Essential)> responses)
    {
        var scorer = new Scorer(model.Decoder);
        return [.. responses.Select(response =>
        {
            var answer = StepAblation.Answer(response.Tokens, response.Read.ThinkEnd, Stop);
            var requests = StepAblation.Variants(response.Tokens, answer, response.Read.StepSpans)
                .Select(variant => new ScoreRequest(response.Prompt, variant.Tokens, -1, []) { LogProbsFrom = variant.MeasuredFrom });
            return StepAblation.Drops([.. scorer.Score([.. requests], []).Select(scores => scores.LogProbs)]);
        })];
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
