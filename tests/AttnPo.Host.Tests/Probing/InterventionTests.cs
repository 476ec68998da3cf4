using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class InterventionTests : IDisposable
{
    private static readonly MathVerifier Verifier = new(new ExactGrader());

    private readonly TemporaryFolder _folder = new();
    private readonly ModelFolder _model;
    private readonly Tokenizer _tokenizer;

    public InterventionTests()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        var shape = new ModelConfig(32, 64, Layers: 2, Heads: 4, KeyValueHeads: 2, 8, VocabularySize: 512, 256, 1e-6, 10000, true);
        File.WriteAllText(_folder.File("config.json"), shape.ToJson());
        _model = ModelFolder.Open(_folder.Path);
        _tokenizer = _model.Tokenizer;
    }

    public void Dispose() => _folder.Dispose();

    private static InterventionSettings Settings(int removed = 1, int answers = 1) =>
        new(removed, answers, 1, new SamplingSettings(16, 0, 1, 0, []));

    private InterventionCase Case(string response, double[] scores, Gold? gold = null, StepLabel?[]? labels = null)
    {
        var tokens = _tokenizer.Encode(response);
        var read = new ResponseReader(_tokenizer, PhraseTable.Official, new SegmentationSettings(1), Verifier).Read(tokens, false, "");
        return new(new LabelledResponse
        {
            Id = "r",
            PromptText = "a=7",
            Prompt = _tokenizer.Encode("a=7"),
            Response = tokens,
            Text = read.Text,
            ThinkEnd = read.ThinkEnd,
            Steps = read.Steps,
            Spans = read.StepSpans,
            Gold = gold,
        }, scores, labels ?? []);
    }

    [Fact]
    public void Steps_are_taken_out_and_the_answer_is_judged_by_what_is_left()
    {
        var each = Case("a is 7.\nNow, b is 8.\nWait, a is 7.</think>\\boxed{8}", [0.2, 0.9, 0.1], "8", [StepLabel.Redundant, StepLabel.Essential, null]);
        // The answer is right as long as the reasoning holds what it needs.
        var generator = new Answers(prompt => _tokenizer.Decode(prompt).Text.Contains("b is 8", StringComparison.Ordinal) ? "\\boxed{8}" : "\\boxed{3}", _tokenizer);
        var intervention = new Intervention(_model, generator, Verifier, Settings());
        var cases = intervention.Fit([each]);
        var outcome = Assert.Single(intervention.Run(cases, () => { }, CancellationToken.None));

        Assert.Equal("a=7a is 7.\nNow, b is 8.\nWait, a is 7.</think>", generator.Texts[0]);
        Assert.Equal("a=7a is 7.\nWait, a is 7.</think>", generator.Texts[1]);
        Assert.Equal("a=7a is 7.\nNow, b is 8.\n</think>", generator.Texts[2]);
        Assert.Equal([1.0, 0.0, 1.0], outcome.Arms.Take(3).Select(arm => arm.Correct));
        Assert.Equal((1, 1), (outcome.Arms[1].RemovedEssential, outcome.Arms[1].RemovedLabelled));
        Assert.Equal((0, 0), (outcome.Arms[2].RemovedEssential, outcome.Arms[2].RemovedLabelled));
        Assert.Equal(0, outcome.Arms[0].RemovedTokens);
        Assert.Equal("a=7", outcome.Prompt);
        Assert.Equal(each.Response.Spans[1].End - each.Response.Spans[1].Start, outcome.Arms[1].RemovedTokens);
    }

    [Fact]
    public void Without_a_gold_answer_the_responses_own_counts()
    {
        var cases = new Intervention(_model, new Answers(_ => "\\boxed{5}", _tokenizer), Verifier, Settings()).Fit(
        [
            Case("a\nNow, b\nWait, c</think>\\boxed{5}", [1, 2, 3]),
            // Nothing to hold new answers against.
            Case("a\nNow, b\nWait, c</think>five", [1, 2, 3]),
            // With two steps taken out of three nothing is told apart.
            Case("a\nWait, c</think>\\boxed{5}", [1, 2]),
        ]);
        Assert.Equal("5", Assert.Single(cases).Gold.Text);
    }

    [Theory]
    [InlineData("\\boxed{8}", FinishReason.Length)]
    [InlineData("b</think>\\boxed{8}", FinishReason.Stop)]
    [InlineData("<think>b\\boxed{8}", FinishReason.Stop)]
    [InlineData("none", FinishReason.Stop)]
    public void Answers_that_are_cut_off_or_think_again_or_are_none_are_wrong(string answer, FinishReason finish)
    {
        var intervention = new Intervention(_model, new Answers(_ => answer, _tokenizer, finish), Verifier, Settings());
        var outcome = intervention.Run(intervention.Fit([Case("a\nNow, b\nWait, c</think>\\boxed{8}", [1, 2, 3], "8")]), () => { }, CancellationToken.None);
        Assert.All(outcome[0].Arms, arm => Assert.Equal(0, arm.Correct));
    }

    [Fact]
    public void Several_answers_give_a_share()
    {
        var turn = 0;
        var intervention = new Intervention(
            _model, new Answers(_ => turn++ % 4 == 0 ? "\\boxed{8}" : "\\boxed{9}", _tokenizer), Verifier, Settings(answers: 4));
        var outcome = intervention.Run(intervention.Fit([Case("a\nNow, b\nWait, c</think>\\boxed{8}", [1, 2, 3], "8")]), () => { }, CancellationToken.None);
        Assert.All(outcome[0].Arms, arm => Assert.Equal(0.25, arm.Correct));
    }

    [Fact]
    public void A_case_that_cannot_be_judged_is_left_out_of_every_arm()
    {
        var done = 0;
        var intervention = new Intervention(_model, new Answers(_ => "\\boxed{8}", _tokenizer), new Faulty(), Settings());
        Assert.Empty(intervention.Run(
            [(Case("a\nNow, b\nWait, c</think>\\boxed{8}", [1, 2, 3], "8"), "8")], () => done++, CancellationToken.None));
        Assert.Equal(1, done);
    }

    private sealed class Faulty : IAnswerVerifier
    {
        public string? Find(string text, Gold gold) => text;

        public Grade Judge(string answer, Gold gold) => throw new InvalidOperationException("cannot judge");
    }

    private sealed class Answers(Func<int[], string> answer, Tokenizer tokenizer, FinishReason finish = FinishReason.Stop) : IGenerator
    {
        public List<string> Texts { get; } = [];

        public long PolicyVersion => 0;

        public void LoadPolicy(long version)
        {
        }

        public IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation = default)
        {
            Texts.AddRange(request.Prompts.Select(prompt => tokenizer.Decode(prompt.Tokens).Text));
            return
            [
                .. from prompt in request.Prompts
                   from sample in Enumerable.Range(0, request.SamplesPerPrompt)
                   let tokens = tokenizer.Encode(answer(prompt.Tokens))
                   select new Completion(prompt.Id, sample, tokens, new float[tokens.Length], finish),
            ];
        }

        public void Dispose()
        {
        }
    }
}
