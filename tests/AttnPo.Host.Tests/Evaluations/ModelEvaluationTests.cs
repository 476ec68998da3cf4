using AttnPo.Core.Data;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Host.Evaluations;
using Xunit;

namespace AttnPo.Host.Tests.Evaluations;

public sealed class ModelEvaluationTests
{
    [Fact]
    public void A_response_that_cannot_be_verified_is_a_failed_row_and_the_others_stand()
    {
        using var folder = new TemporaryFolder();
        TinyTask.WriteTokenizer(folder.Path);
        var tokenizer = Tokenizer.Load(folder.Path);
        var task = new TinyTask(new TinyTaskSettings(), 1);
        var response = tokenizer.Encode(task.Trace(1, 0).Response);
        var evaluation = new ModelEvaluation(
            tokenizer, new ResponseReader(tokenizer, PhraseTable.Official, new SegmentationSettings(), new MathVerifier(new FaultyGrader())), labels: null);

        var questions = evaluation.Run(
            new FixedGenerator(response), [task.HeldOut[0], task.HeldOut[1]], new("tiny", 1, Evaluated.Sampling), 1, CancellationToken.None);

        Assert.Equal([0L, 1L], questions.Select(question => question.Prompt.Index));
        var rows = questions.SelectMany(question => question.Responses).ToList();
        Assert.Equal([Verdict.Failed, Verdict.Wrong], rows.Select(row => row.Verdict));
        Assert.Equal(1, EvaluationSummary.Of(rows).Failed);
    }

    [Theory]
    [InlineData(1, 300, new[] { 128, 128, 44 })]
    [InlineData(50, 5, new[] { 2, 2, 1 })]
    [InlineData(500, 2, new[] { 1, 1 })]
    public void Questions_are_generated_together_as_many_as_fit(int samples, int count, int[] chunks)
    {
        var made = ModelEvaluation.Chunks(Evaluated.One(samples, count)).ToList();
        Assert.Equal(chunks, made.Select(chunk => chunk.Count));
        Assert.Equal(chunks.Index().Select(chunk => chunks[..chunk.Index].Sum()), made.Select(chunk => chunk.First));
    }

    private sealed class FaultyGrader : IAnswerGrader
    {
        private bool _asked;

        public Grade Compare(string gold, string answer)
        {
            if (_asked) return Grade.Different("not the first");
            _asked = true;
            throw new InvalidOperationException("cannot grade");
        }
    }

    private sealed class FixedGenerator(int[] response) : IGenerator
    {
        public long PolicyVersion => 0;

        public void LoadPolicy(long version)
        {
        }

        public IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation = default) =>
            [.. request.Prompts.Select(prompt => new Completion(prompt.Id, 0, response, new float[response.Length], FinishReason.Stop))];

        public void Dispose()
        {
        }
    }
}
