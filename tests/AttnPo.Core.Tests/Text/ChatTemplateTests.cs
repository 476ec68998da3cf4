using System.Text.Json;
using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public class ChatTemplateTests
{
    private static readonly ChatMessage[] Question = [new("user", "What is $1+1$?")];

    private static string Fixture(string file) => Path.Combine(AppContext.BaseDirectory, "Text", "Fixtures", file);

    private static void RendersAsExpected(ChatTemplate template, JsonElement row)
    {
        var messages = row.GetProperty("messages").EnumerateArray()
            .Select(message => new ChatMessage(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!)).ToArray();
        Assert.Equal(row.GetProperty("prompt").GetString(), template.Render(messages, row.GetProperty("add_generation_prompt").GetBoolean()));
    }

    [SkippableFact]
    public void Every_reference_conversation_is_rendered_and_encoded_as_the_published_template_does()
    {
        var folder = SharedTokenizers.Folder("deepseek-r1-distill-qwen");
        var template = ChatTemplate.Recognize(ChatTemplateFile.Read(folder)!);
        Assert.Equal("deepseek-r1", template?.Name);
        foreach (var row in SharedData.Rows("tokenizers/deepseek-r1-distill-qwen/chat-dev.jsonl")) RendersAsExpected(template!, row);
    }

    [Theory]
    [InlineData("qwen2.5")]
    [InlineData("qwen2.5-math")]
    [InlineData("qwen3")]
    public void Conversations_are_rendered_as_Jinja_renders_the_published_template(string name)
    {
        var rows = File.ReadLines(Fixture("chat-rendered.jsonl")).Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where(row => row.GetProperty("template").GetString() == name).ToList();
        Assert.Equal(128, rows.Count);
        foreach (var row in rows) RendersAsExpected(ChatTemplate.Named(name), row);
    }

    [Fact]
    public void Plain_writes_contents_alone_each_ending_its_line() =>
        Assert.Equal("Be brief.\nWhat is $1+1$?\n", ChatTemplate.Named("plain").Render([new("system", "Be brief."), .. Question], true));

    [Fact]
    public void Only_the_template_of_DeepSeek_opens_the_reasoning_itself() =>
        Assert.Equal(["deepseek-r1"], ChatTemplate.Names.Where(name => ChatTemplate.Named(name).OpensThinking));

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones() =>
        Assert.Contains(
            "no chat template llama; known are qwen2.5, qwen2.5-math, qwen3, deepseek-r1, plain",
            Assert.Throws<ArgumentException>(() => ChatTemplate.Named("llama")).Message);

    [Theory]
    [InlineData("tool")]
    [InlineData("User")]
    [InlineData("")]
    [Trait("Contract", "C9")]
    public void A_role_that_no_template_knows_is_refused_by_each(string role)
    {
        foreach (var name in ChatTemplate.Names)
            Assert.Contains($"role \"{role}\"", Assert.Throws<InvalidDataException>(() => ChatTemplate.Named(name).Render([.. Question, new(role, "4")], true)).Message);
        Assert.Throws<InvalidDataException>(() => ChatTemplate.Named("plain").Render([], true));
    }

    [SkippableFact]
    public void A_rendered_prompt_begins_with_one_begin_token()
    {
        var ids = SharedTokenizers.DeepSeek.Encode(ChatTemplate.Named("deepseek-r1").Render(Question, true));
        Assert.Equal(151_646, ids[0]);
        Assert.Single(ids, 151_646);
    }
}
