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
        var faulty = new FaultyGrader();
        var evaluation = new ModelEvaluation(
            tokenizer, new ResponseReader(tokenizer, PhraseTable.Official, new SegmentationSettings(), new MathVerifier(faulty)), labels: null);

        var rows = evaluation.Run(
            new FixedGenerator(response), task.HeldOut, 2, 1, 1, new SamplingSettings(64, 1, 1, 0, []), (_, _) => { }, CancellationToken.None);

        Assert.Equal([Verdict.Failed, Verdict.Wrong], rows.Select(row => row.Verdict));
        Assert.Equal(1, EvaluationSummary.Of(rows).Failed);
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
