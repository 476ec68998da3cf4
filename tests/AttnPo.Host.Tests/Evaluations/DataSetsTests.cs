using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Gpu.Model;
using AttnPo.Host.Evaluations;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;
using Xunit;

namespace AttnPo.Host.Tests.Evaluations;

public sealed class DataSetsTests : IDisposable
{
    private static readonly Core.Data.Questions.Benchmark Gsm8K = Core.Data.Questions.Benchmarks.Named("gsm8k")!;

    private readonly TemporaryFolder _folder = new();

    public DataSetsTests()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        var vocabulary = Tokenizer.Load(_folder.Path).VocabularySize;
        var shape = new ModelConfig(32, 64, Layers: 2, Heads: 4, KeyValueHeads: 2, 8, VocabularySize: vocabulary, 256, 1e-6, 10000, true);
        File.WriteAllText(_folder.File("config.json"), shape.ToJson());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_benchmark_that_rows_name_is_asked_as_it_is_published_and_other_rows_as_by_default()
    {
        var sets = DataSets.Of(Read(Verl("2_amc", "a"), Verl("2_amc", "b"), Verl("mine", "c")), 3, Asked(), null);
        Assert.Equal(["amc23", "mine"], sets.All.Select(set => set.Name));
        Assert.Equal((16, 0.6, 0.95), (sets.Of(1).Samples, sets.Of(1).Sampling.Temperature, sets.Of(1).Sampling.TopP));
        Assert.Equal((1, 1.0, 1.0), (sets.Of(2).Samples, sets.Of(2).Sampling.Temperature, sets.Of(2).Sampling.TopP));
    }

    [Fact]
    public void The_name_of_a_file_tells_nothing_and_an_option_says_which_benchmark_it_is()
    {
        var read = Read("gsm8k.jsonl", Own("a"), Own("b"));
        Assert.Equal(("gsm8k", 1), (DataSets.Of(read, 2, Asked(), null).Of(0).Name, DataSets.Of(read, 2, Asked(), null).Of(0).Samples));
        var said = DataSets.Of(read, 2, Asked(), Gsm8K).Of(0);
        Assert.Equal(("gsm8k", 4, 0.6), (said.Name, said.Samples, said.Sampling.Temperature));
    }

    [Fact]
    public void Options_count_before_the_benchmark()
    {
        var set = DataSets.Of(Read(Own("a")), 1, Asked(samples: 2, temperature: 0), Gsm8K).Of(0);
        Assert.Equal((2, 0.0, 0.95), (set.Samples, set.Sampling.Temperature, set.Sampling.TopP));
    }

    [Fact]
    public void Copies_of_a_list_stand_for_samples_and_a_question_that_is_there_twice_does_not()
    {
        Assert.Equal(2, DataSets.Of(Read(Own("a"), Own("b"), Own("a"), Own("b")), 2, Asked(), null).Of(0).Samples);
        Assert.Equal(1, DataSets.Of(Read(Own("a"), Own("b"), Own("a")), 2, Asked(), null).Of(0).Samples);
    }

    [Theory]
    [InlineData("amc23", "in.jsonl:1 says that it is of gsm8k")]
    [InlineData("mmlu", "in.jsonl:1 is judged as math; expected choice")]
    public void A_benchmark_that_the_data_is_not_of_is_refused(string name, string reason)
    {
        var read = Read(name == "mmlu" ? Own("a") : Verl("0_gsm8k", "a"));
        var fault = Assert.Throws<SettingsException>(() => DataSets.Of(read, 1, Asked(), Core.Data.Questions.Benchmarks.Named(name))).Message;
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void C3_what_decides_an_evaluation_differs_with_weights_questions_and_answers()
    {
        File.WriteAllText(_folder.File("model.safetensors"), "weights");
        var folder = ModelFolder.Open(_folder.Path);
        var model = EvaluationIdentity.OfModel(folder);
        File.WriteAllText(_folder.File("attnpo-heads.json"), "{}");
        Assert.Equal(model, EvaluationIdentity.OfModel(folder));
        File.WriteAllText(_folder.File("model.safetensors"), "Weights");
        Assert.NotEqual(model, EvaluationIdentity.OfModel(folder));

        string[] hashes = [.. new[] { Own("a"), Own("b"), Own("a").Replace("\"1\"", "\"2\"", StringComparison.Ordinal), Verl("mine", "a") }.Select(row =>
        {
            var read = Read(row);
            return EvaluationIdentity.OfQuestions(read, DataSets.Of(read, 1, Asked(), null));
        })];
        Assert.Equal(4, hashes.Distinct().Count());
        var sets = DataSets.Of(Read(Verl("2_amc", "a"), Verl("mine", "c")), 2, Asked(), null);
        Assert.Equal("amc23 16, mine 1", EvaluationIdentity.Of(sets, set => set.Samples));
        Assert.Equal("64", EvaluationIdentity.Of(sets, set => set.Sampling.MaxNewTokens));
    }

    private static AskedDecoding Asked(int? samples = null, double? temperature = null) => new(samples, temperature, null, Evaluated.Sampling);

    private static string Own(string question) => $"{{\"question\":\"{question}\",\"gold\":\"1\"}}";

    private static string Verl(string source, string question) =>
        $"{{\"data_source\":\"{source}\",\"prompt\":[{{\"role\":\"user\",\"content\":\"{question}\"}}],\"reward_model\":{{\"ground_truth\":\"1\"}}}}";

    private PromptFiles Read(params string[] rows) =>
        rows[0].EndsWith(".jsonl", StringComparison.Ordinal) ? ReadFile(rows[0], rows[1..]) : ReadFile("in.jsonl", rows);

    private PromptFiles ReadFile(string name, string[] rows)
    {
        File.WriteAllLines(_folder.File(name), rows);
        return new([_folder.File(name)], new(ModelFolder.Open(_folder.Path), "plain"), new BadRows(null), distinct: true);
    }
}
