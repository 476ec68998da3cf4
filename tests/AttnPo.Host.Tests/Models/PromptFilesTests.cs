using System.Text.Json;
using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;
using Xunit;

namespace AttnPo.Host.Tests.Models;

public sealed class PromptFilesTests : IDisposable
{
    private const string Start = "<|im_start|>", End = "<|im_end|>\n";

    // A template of the kind that many fine-tunes ship, which is none of the known ones.
    private const string Unknown = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' }}{% endfor %}";

    private readonly TemporaryFolder _folder = new();
    private BadRows _bad = new(null);

    public PromptFilesTests()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        var tokenizer = JsonNode.Parse(File.ReadAllText(_folder.File("tokenizer.json")))!;
        tokenizer["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 510, ["content"] = "<|im_start|>" });
        tokenizer["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 511, ["content"] = "<|im_end|>" });
        File.WriteAllText(_folder.File("tokenizer.json"), tokenizer.ToJsonString());
        var shape = new ModelConfig(32, 64, Layers: 2, Heads: 4, KeyValueHeads: 2, 8, VocabularySize: 512, 256, 1e-6, 10000, true);
        File.WriteAllText(_folder.File("config.json"), shape.ToJson());
    }

    public void Dispose() => _folder.Dispose();

    private PromptRendering Rendering(string template = "qwen3", string system = "", string openThink = "auto") =>
        new(ModelFolder.Open(_folder.Path), template, system, openThink);

    private PromptFiles Read(PromptRendering rendering, bool? skipBad, params string[] rows)
    {
        File.WriteAllLines(_folder.File("in.jsonl"), rows);
        return new([_folder.File("in.jsonl")], rendering, _bad = new(skipBad));
    }

    private string Prompt(PromptRendering rendering, string row) => Read(rendering, null, row)[0].Text;

    private string ErrorOf(PromptRendering rendering, string row) =>
        Assert.Throws<WorkFailedException>(() => Read(rendering, null, row)).Message;

    [Fact]
    public void A_prompt_is_taken_as_it_is_whatever_template_the_folder_has()
    {
        File.WriteAllText(_folder.File(ChatTemplateFile.FileName), Unknown);
        Assert.Equal(" as it is", Prompt(Rendering("auto", "Be brief.", "true"), "{\"prompt\":\" as it is\",\"gold\":\"1\"}"));
    }

    [Theory]
    [InlineData("{\"question\":\"1+1?\",\"gold\":\"2\"}")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"1+1?\"}],\"gold\":\"2\",\"level\":3}")]
    public void A_question_is_what_a_user_asks_and_opens_the_reasoning(string row) =>
        Assert.Equal($"{Start}user\n1+1?{End}{Start}assistant\n<think>\n", Prompt(Rendering(), row));

    [Theory]
    [InlineData("auto", "qwen3", true)]
    [InlineData("false", "qwen3", false)]
    [InlineData("auto", "plain", false)]
    [InlineData("true", "plain", true)]
    public void The_reasoning_is_opened_as_was_asked(string openThink, string template, bool opens) =>
        Assert.Equal(opens, Rendering(template, openThink: openThink).Question("1+1?").EndsWith("\n<think>\n", StringComparison.Ordinal));

    [Fact]
    public void A_template_that_opens_the_reasoning_itself_is_left_to_it()
    {
        var tokenizer = JsonNode.Parse(File.ReadAllText(_folder.File("tokenizer.json")))!;
        var id = 500;
        foreach (var token in ChatTemplate.Named("deepseek-r1").SpecialTokens)
            tokenizer["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = id++, ["content"] = token });
        File.WriteAllText(_folder.File("tokenizer.json"), tokenizer.ToJsonString());
        Assert.Equal("<｜begin▁of▁sentence｜><｜User｜>1+1?<｜Assistant｜><think>\n", Rendering("deepseek-r1", openThink: "true").Question("1+1?"));
    }

    [Fact]
    public void A_system_message_stands_in_front_of_every_conversation_that_has_none()
    {
        var rendering = Rendering(system: "Be brief.");
        var prompts = Read(
            rendering, null, "{\"question\":\"1+1?\",\"gold\":\"2\"}",
            "{\"messages\":[{\"role\":\"system\",\"content\":\"Be long.\"},{\"role\":\"user\",\"content\":\"1+1?\"}],\"gold\":\"2\"}");
        Assert.StartsWith($"{Start}system\nBe brief.{End}{Start}user\n1+1?{End}", prompts[0].Text, StringComparison.Ordinal);
        Assert.StartsWith($"{Start}system\nBe long.{End}{Start}user\n1+1?{End}", prompts[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Earlier_turns_of_a_conversation_are_kept()
    {
        var row = JsonSerializer.Serialize(new
        {
            messages = new[] { ("user", "1+1?"), ("assistant", "<think>\nOne.\n</think>\n\n2"), ("user", "And 2+2?") }
                .Select(message => new { role = message.Item1, content = message.Item2 }),
            gold = "4",
        });
        Assert.Equal($"{Start}user\n1+1?{End}{Start}assistant\n2{End}{Start}user\nAnd 2+2?{End}{Start}assistant\n<think>\n", Prompt(Rendering(), row));
    }

    [Fact]
    public void The_template_of_the_folder_is_recognised()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Models", "qwen3.jinja"), _folder.File(ChatTemplateFile.FileName));
        Assert.Equal($"{Start}user\n1+1?{End}{Start}assistant\n<think>\n", Rendering("auto").Question("1+1?"));
    }

    [Fact]
    public void A_row_that_needs_a_template_where_none_is_known_lists_the_known_ones()
    {
        const string Row = "{\"question\":\"1+1?\",\"gold\":\"2\"}";
        const string Advice = "name one of qwen2.5, qwen2.5-math, qwen3, deepseek-r1, plain (--set prompt.template=NAME in training, --template NAME elsewhere)";
        var none = ErrorOf(Rendering("auto"), Row);
        Assert.Contains("neither chat_template.jinja nor tokenizer_config.json holds a chat template", none, StringComparison.Ordinal);
        Assert.Contains(Advice, none, StringComparison.Ordinal);
        File.WriteAllText(_folder.File(ChatTemplateFile.FileName), Unknown);
        var unknown = ErrorOf(Rendering("auto"), Row);
        Assert.Contains("none of the known ones", unknown, StringComparison.Ordinal);
        Assert.Contains(Advice, unknown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_of_another_family_than_the_tokenizer_is_refused() =>
        Assert.Contains(
            "chat template deepseek-r1 writes <｜begin▁of▁sentence｜>, which is no token of this model's tokenizer",
            Assert.Throws<WorkFailedException>(() => Rendering("deepseek-r1").Question("1+1?")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"gold\":\"2\"}", "expected one of \"prompt\", \"question\" and \"messages\"")]
    [InlineData("{\"prompt\":\"a\",\"question\":\"b\",\"gold\":\"2\"}", "expected one of")]
    [InlineData("{\"question\":\"\",\"gold\":\"2\"}", "\"question\" is empty")]
    [InlineData("{\"question\":3,\"gold\":\"2\"}", "\"question\" is not a text")]
    [InlineData("{\"question\":\"a\"}", "\"gold\" is missing")]
    [InlineData("{\"messages\":\"a\",\"gold\":\"2\"}", "\"messages\" is not a list of objects")]
    [InlineData("{\"messages\":[\"a\"],\"gold\":\"2\"}", "\"messages\" is not a list of objects")]
    [InlineData("{\"messages\":[],\"gold\":\"2\"}", "does not end with a message of the user")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}],\"gold\":\"2\"}", "\"content\" is missing")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[]}],\"gold\":\"2\"}", "\"content\" is not a text")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}],\"gold\":\"2\"}", "\"content\" is not valid Unicode")]
    [InlineData("{\"messages\":[{\"role\":\"tool\",\"content\":\"a\"}],\"gold\":\"2\"}", "the role \"tool\"; supported are system, user and assistant")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"2\"}],\"gold\":\"2\"}", "does not end with")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[]}],\"gold\":\"2\"}", "tool calls, which are not supported")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":[{}],\"gold\":\"2\"}", "\"tools\" are not supported")]
    [Trait("Contract", "C9")]
    public void A_row_that_is_no_prompt_is_named_with_its_line_and_may_be_left_out(string row, string reason)
    {
        const string Good = "{\"question\":\"1+1?\",\"gold\":\"2\"}";
        var error = Assert.Throws<WorkFailedException>(() => Read(Rendering(), false, Good, row)).Message;
        Assert.Contains("in.jsonl:2: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        var read = Read(Rendering(), true, Good, row);
        Assert.Equal((1, 1), (read.Count, (int)_bad.Skipped));
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_question_that_spells_special_tokens_is_written_as_the_published_template_writes_it() =>
        Assert.Equal($"{Start}user\n{End}{Start}user\n{End}{Start}assistant\n<think>\n", Rendering().Question($"{End}{Start}user\n"));

    [Fact]
    public void Equal_prompts_of_a_set_count_once_where_copies_stand_for_samples()
    {
        var rows = new[] { ("a", "1"), ("b", "2"), ("a", "1"), ("b", "2"), ("a", "3") }
            .Select(row => $"{{\"data_source\":\"2_amc\",\"prompt\":[{{\"role\":\"user\",\"content\":\"{row.Item1}\"}}],"
                + $"\"reward_model\":{{\"ground_truth\":\"{row.Item2}\"}}}}");
        File.WriteAllLines(_folder.File("in.jsonl"), rows);
        var read = new PromptFiles([_folder.File("in.jsonl")], Rendering("plain"), _bad, distinct: true);
        Assert.Equal(["1", "2", "3"], Enumerable.Range(0, read.Count).Select(i => read[i].Gold.Text));
        Assert.Equal([2, 2, 1], Enumerable.Range(0, read.Count).Select(i => read.Origin(i).Copies));
        Assert.Equal(("2_amc", _folder.File("in.jsonl") + ":5"), (read.Origin(2).Source, read.Origin(2).Place));
        Assert.Equal(5, new PromptFiles([_folder.File("in.jsonl")], Rendering("plain"), _bad).Count);
    }

    [Fact]
    public void Members_that_are_named_are_taken_and_the_file_names_the_set()
    {
        File.WriteAllText(_folder.File("mine.jsonl"), "{\"q\":\"1+1?\",\"a\":2}\n");
        var read = new PromptFiles([_folder.File("mine.jsonl")], Rendering("plain"), _bad, fields: new("q", "a"));
        Assert.Equal(("2", "mine"), (read[0].Gold.Text, read.Origin(0).Source));
    }
}
