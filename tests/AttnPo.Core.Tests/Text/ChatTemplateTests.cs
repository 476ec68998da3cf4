using System.Text.Json;
using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public class ChatTemplateTests
{
    private static readonly ChatMessage[] Question = [new("user", "What is $1+1$?")];

    private static string Fixture(string file) => Path.Combine(AppContext.BaseDirectory, "Text", "Fixtures", file);

    private static string Jinja(string template) => File.ReadAllText(Fixture(template + ".jinja"));

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

    [Theory]
    [InlineData("qwen2.5")]
    [InlineData("qwen2.5-math")]
    [InlineData("qwen3")]
    public void A_published_template_is_recognised_however_it_is_spaced_quoted_and_commented(string name)
    {
        var jinja = Jinja(name);
        Assert.Equal(name, ChatTemplate.Recognize(jinja)?.Name);
        Assert.Equal(name, ChatTemplate.Recognize("{#- A revision. -#}\n" + jinja.ReplaceLineEndings("\r\n").Replace("    ", "\t"))?.Name);
        Assert.Equal(name, ChatTemplate.Recognize(jinja.Replace("messages[0]['role'] == 'system'", "messages[0].role == \"system\""))?.Name);
        Assert.Equal(name, ChatTemplate.Recognize(jinja.Replace("'<|im_end|>' + '\\n'", "'<|im_end|>\\n'"))?.Name);
        Assert.Equal(name, ChatTemplate.Recognize(jinja.Replace("You may call one or more functions", "You may call functions"))?.Name);
    }

    [Fact]
    public void The_first_published_template_of_Qwen3_is_recognised_too() =>
        Assert.Equal("qwen3", ChatTemplate.Recognize(Jinja("qwen3")
            .Replace(" and message.content is string", "")
            .Replace("message.reasoning_content is string", "message.reasoning_content is defined and message.reasoning_content is not none")
            .Replace("'</think>' in content", "'</think>' in message.content")
            .Replace("= content.split", "= message.content.split"))?.Name);

    [Theory]
    [InlineData("qwen2.5", "You are a helpful assistant.", "You are a helpful assistant. Think first.")]
    [InlineData("qwen2.5", "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.", "You are a helpful assistant.")]
    [InlineData("qwen2.5", "{{- '<|im_start|>assistant\\n' }}", "{{- '<|im_start|>assistant\\n<think>\\n' }}")]
    [InlineData("qwen2.5", "message.content + '<|im_end|>'", "message.content | trim + '<|im_end|>'")]
    [InlineData("qwen2.5", "{%- for message in messages %}", "{{- '<|endoftext|>' }}{%- for message in messages %}")]
    [InlineData("qwen2.5", "{%- for message in messages %}", "{{- bos_token }}{%- for message in messages %}")]
    [InlineData("qwen3", "{{- '<|im_start|>assistant\\n' }}", "{{- '<|im_start|>assistant\\n<think>\\n' }}")]
    [InlineData("qwen3", "enable_thinking is false", "enable_thinking is true")]
    [InlineData("qwen3", "{%- set content = message.content %}", "{%- set content = message.content | trim %}")]
    [InlineData("qwen3", "loop.index0 > ns.last_query_index", "loop.index0 > 0")]
    public void A_template_that_renders_other_prompts_is_not_taken_for_the_one_it_was_made_from(string name, string from, string to)
    {
        var changed = Jinja(name).Replace(from, to);
        Assert.NotEqual(Jinja(name), changed);
        Assert.Null(ChatTemplate.Recognize(changed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{{ messages[0].content }}")]
    [InlineData("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")]
    [InlineData("{{- bos_token }}{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
        + "+ message['content'] | trim + '<|eot_id|>' }}{%- endfor %}")]
    public void Other_families_templates_are_not_recognised(string jinja) => Assert.Null(ChatTemplate.Recognize(jinja));

    [SkippableFact]
    public void The_folders_of_the_reference_data_have_their_own_template_or_an_unknown_one()
    {
        Assert.Equal("qwen2.5", ChatTemplate.Recognize(ChatTemplateFile.Read(SharedTokenizers.Folder("qwen2.5"))!)?.Name);
        Assert.Null(ChatTemplate.Recognize(ChatTemplateFile.Read(SharedTokenizers.Folder("qwen2"))!));
    }

    [SkippableFact]
    public void A_DeepSeek_template_that_leaves_the_reasoning_to_the_model_is_another_one()
    {
        var jinja = ChatTemplateFile.Read(SharedTokenizers.Folder("deepseek-r1-distill-qwen"))!;
        Assert.Null(ChatTemplate.Recognize(jinja.Replace("<think>\\n'}}{% endif %}", "'}}{% endif %}")));
        Assert.Null(ChatTemplate.Recognize(jinja.Replace("{{bos_token}}", "")));
    }

    [SkippableFact]
    public void A_rendered_prompt_begins_with_one_begin_token()
    {
        var ids = SharedTokenizers.DeepSeek.Encode(ChatTemplate.Named("deepseek-r1").Render(Question, true));
        Assert.Equal(151_646, ids[0]);
        Assert.Single(ids, 151_646);
    }
}
