using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using AttnPo.Host.Settings;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class CollectionRunTests : IDisposable
{
    private const string Right = "a is 7.\nNow, b is 8.</think>\\boxed{8}";
    private static readonly (string, string)[] Identity = [("seed", "1")];

    private readonly TemporaryFolder _folder = new();
    private readonly ModelFolder _model;
    private readonly StringWriter _notices = new();
    private int _decoded;

    public CollectionRunTests()
    {
        Directory.CreateDirectory(_folder.File("model"));
        TinyTask.WriteTokenizer(_folder.File("model"));
        var shape = new ModelConfig(32, 64, Layers: 2, Heads: 4, KeyValueHeads: 2, 8, VocabularySize: 512, 256, 1e-6, 10000, true);
        File.WriteAllText(_folder.File("model/config.json"), shape.ToJson());
        _model = ModelFolder.Open(_folder.File("model"));
    }

    public void Dispose() => _folder.Dispose();

    private string Result => _folder.File("out/responses.jsonl");

    private Collection Collection(int wanted, IAnswerVerifier? verifier = null, int prompts = 64)
    {
        var reader = new ResponseReader(
            _model.Tokenizer, PhraseTable.Official, new SegmentationSettings(1), verifier ?? new MathVerifier(new ExactGrader()));
        var generator = new Answers(() => _decoded++, _model.Tokenizer.Encode(Right));
        return new(
            new Questions(prompts), prompts, new ResponseSampler(_model, reader, () => generator),
            new(wanted, 8, 0.75, 1, 1, new SamplingSettings(64, 1, 1, 0, [])));
    }

    private void Run(int wanted, (string, string)[]? identity = null, IAnswerVerifier? verifier = null, int prompts = 64) =>
        new CollectionRun(new ProbeFolder(_folder.File("out")), new(_model.Tokenizer.Encode), _notices)
            .Run(Collection(wanted, verifier, prompts), identity ?? Identity, CancellationToken.None);

    private void LabelByHand() => File.WriteAllText(Result, File.ReadAllText(Result).Replace("\"label\":null", "\"label\":\"essential\"", StringComparison.Ordinal));

    [Fact]
    public void What_was_collected_is_not_decoded_again_and_a_larger_collection_goes_on()
    {
        Run(20);
        var (rows, decoded) = (File.ReadAllLines(Result), _decoded);
        Assert.Equal((20, 2), (rows.Length, decoded));
        Run(20);
        Assert.Equal(rows, File.ReadAllLines(Result));
        Run(5);
        Assert.Equal(rows[..5], File.ReadAllLines(Result));
        Assert.Equal(decoded, _decoded);
        Run(40);
        Assert.Equal(rows, File.ReadAllLines(Result)[..20]);
        Assert.Equal((40, 3), (File.ReadAllLines(Result).Length, _decoded));
        File.Delete(Result);
        Run(40);
        Assert.Equal((40, 3), (File.ReadAllLines(Result).Length, _decoded));
    }

    [Fact]
    public void Responses_that_people_labelled_are_taken_as_they_are_and_never_replaced()
    {
        Run(20);
        LabelByHand();
        var labelled = File.ReadAllText(Result);
        Run(20);
        Assert.Contains("was changed since it was collected; it is taken as it is", _notices.ToString(), StringComparison.Ordinal);
        var decoded = _decoded;
        foreach (var wanted in (int[])[5, 40])
            Assert.Contains("name another --out", Assert.Throws<SettingsException>(() => Run(wanted)).Message, StringComparison.Ordinal);
        Assert.Contains("seed = 1 there, 2 asked for", Assert.Throws<SettingsException>(() => Run(20, [("seed", "2")])).Message, StringComparison.Ordinal);
        Assert.Equal((labelled, decoded), (File.ReadAllText(Result), _decoded));
    }

    [Fact]
    public void Responses_of_unknown_origin_are_not_replaced_and_nothing_is_decoded()
    {
        Directory.CreateDirectory(_folder.File("out"));
        File.WriteAllText(Result, "mine\n");
        Assert.Contains("name another --out", Assert.Throws<SettingsException>(() => Run(5)).Message, StringComparison.Ordinal);
        Assert.Equal(("mine\n", 0), (File.ReadAllText(Result), _decoded));
        Assert.Single(Directory.GetFiles(_folder.File("out")));
    }

    [Fact]
    public void A_question_is_easy_by_all_of_its_responses_whether_they_could_be_judged_or_not()
    {
        // 1 of 8 is correct, 7 cannot be judged.
        var (taken, counts) = Collection(5, new Faulty(7), prompts: 2).Next(0, CancellationToken.None);
        Assert.Empty(taken);
        Assert.Equal(new CollectionCounts(2, 0, 2, 2), counts);
        // 6 of 8 is three quarters.
        (taken, counts) = Collection(5, new Faulty(2), prompts: 2).Next(0, CancellationToken.None);
        Assert.Equal(2, taken.Count);
        Assert.Equal(new CollectionCounts(2, 2, 12, 12), counts);
    }

    [Fact]
    public void A_collection_without_a_response_leaves_nothing_to_go_on_with()
    {
        Assert.Contains("none of 2 questions", Assert.Throws<WorkFailedException>(() => Run(5, verifier: new Faulty(8), prompts: 2)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.File("out")));
    }

    private sealed class Questions(int count) : IPromptSet
    {
        public int Count => count;

        public Prompt this[int index] => new(index, $"a={index}", "8");
    }

    /// <summary>Cannot judge the first few of every eight answers.</summary>
    private sealed class Faulty(int faults) : IAnswerVerifier
    {
        private int _judged;

        public string? Find(string text, Gold gold) => text;

        public Grade Judge(string answer, Gold gold) => _judged++ % 8 < faults
            ? throw new InvalidOperationException("cannot judge") : new MathVerifier(new ExactGrader()).Judge("8", gold);
    }

    private sealed class Answers(Action decodes, int[] response) : IGenerator
    {
        public long PolicyVersion => 0;

        public void LoadPolicy(long version)
        {
        }

        public IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation = default)
        {
            decodes();
            return
            [
                .. from prompt in request.Prompts
                   from sample in Enumerable.Range(0, request.SamplesPerPrompt)
                   select new Completion(prompt.Id, sample, response, new float[response.Length], FinishReason.Stop),
            ];
        }

        public void Dispose()
        {
        }
    }
}
