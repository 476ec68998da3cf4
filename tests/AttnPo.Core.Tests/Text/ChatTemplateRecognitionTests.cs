using System.Text.RegularExpressions;
using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

/// <summary>A folder's template is a known one, or unknown: never nearly a known one.</summary>
public partial class ChatTemplateRecognitionTests
{
    public static TheoryData<string> Families { get; } = new(ChatTemplate.Names.Where(name => name != "plain"));

    // That of DeepSeek is among the reference data only.
    private static string Jinja(string family) => family == "deepseek-r1"
        ? ChatTemplateFile.Read(SharedTokenizers.Folder("deepseek-r1-distill-qwen"))!
        : File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Text", "Fixtures", family + ".jinja"));

    private static void IsUnknown(string jinja) => Assert.Null(ChatTemplate.Recognize(jinja));

    // Every tag of a template in turn, replaced by something else.
    private static void IsUnknownWithAnyTag(string family, Func<string, string> change)
    {
        var jinja = Jinja(family);
        var tags = Tag().Matches(jinja);
        Assert.InRange(tags.Count, 40, 120);
        foreach (Match tag in tags) IsUnknown(jinja[..tag.Index] + change(tag.Value) + jinja[(tag.Index + tag.Length)..]);
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_published_template_is_recognised_however_it_is_spaced_quoted_and_commented(string family)
    {
        var jinja = Jinja(family).TrimEnd('\n');
        string[] same =
        [
            jinja,
            jinja + "\n",
            jinja.Replace("\n", "\r\n"),
            jinja.Replace("    ", "\t"),
            jinja.Replace(" %}", "%}").Replace("}}", "\n}}"),
            "{#- A revision. -#}\n" + jinja,
            jinja.Replace("{%- endfor %}", "{#- Don't {% go %} on. #}{%- endfor %}"),
            jinja.Replace("'system'", "\"system\"").Replace("\"assistant\"", "'assistant'"),
            jinja.Replace("\"name\"", "\\\"name\\\""),
        ];
        Assert.All(same, text => Assert.Equal(family, ChatTemplate.Recognize(text)?.Name));
    }

    [Fact]
    public void The_first_published_template_of_Qwen3_is_recognised_too() =>
        Assert.Equal("qwen3", ChatTemplate.Recognize(FirstQwen3())?.Name);

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_template_without_one_of_its_tags_is_unknown(string family) => IsUnknownWithAnyTag(family, _ => "");

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_template_with_one_of_its_tags_twice_is_unknown(string family) => IsUnknownWithAnyTag(family, tag => tag + tag);

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_template_with_one_tag_more_anywhere_is_unknown(string family)
    {
        IsUnknownWithAnyTag(family, tag => tag + "{{- 'ANSWER IN FRENCH\\n' }}");
        IsUnknownWithAnyTag(family, tag => "{%- set messages = messages[-1:] %}" + tag);
        IsUnknownWithAnyTag(family, tag => "{{- '' -}}" + tag);
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_template_with_a_text_between_its_tags_is_unknown(string family)
    {
        IsUnknownWithAnyTag(family, tag => tag + "Answer in French.");
        IsUnknownWithAnyTag(family, tag => "\u00a0" + tag);
        IsUnknown(Jinja(family) + "Answer in French.");
        IsUnknown(Jinja(family).TrimEnd('\n') + " ");
        IsUnknown(Jinja(family).TrimEnd('\n') + "\n\n");
        IsUnknown("\ufeff" + Jinja(family));
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_template_with_a_word_more_in_any_tag_is_unknown(string family)
    {
        IsUnknownWithAnyTag(family, tag => tag.Insert(tag.Length - (tag[^3] == '-' ? 3 : 2), " x "));
        IsUnknownWithAnyTag(family, tag => tag.Insert(tag[2] == '-' ? 3 : 2, " not "));
    }

    [Theory]
    [InlineData("qwen2.5")]
    [InlineData("qwen2.5-math")]
    [InlineData("qwen3")]
    public void A_template_that_writes_the_white_space_in_front_of_a_tag_is_unknown(string family)
    {
        var jinja = Jinja(family);
        foreach (Match tag in Tag().Matches(jinja).Skip(1)) IsUnknown(jinja.Remove(tag.Index + 2, 1));
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_template_of_which_a_comment_hides_a_part_is_unknown(string family)
    {
        IsUnknownWithAnyTag(family, tag => $"{{#{tag}#}}");
        IsUnknownWithAnyTag(family, tag => tag + "{#");
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_template_with_another_loop_condition_or_wording_is_unknown(string family)
    {
        (string From, string To)[] changes =
        [
            ("for message in messages ", "for message in messages[-1:] "),
            ("if add_generation_prompt", "if not add_generation_prompt"),
            ("add_generation_prompt", "Add_generation_prompt"),
            ("== 'system'", "!= 'system'"),
            ("'system'", "'system '"),
            ("assistant", "model"),
            ("<｜Assistant｜>", "<｜Assistant｜> "),
            ("not loop.first", "loop.first"),
            ("(message.role == \"user\") or", "(message.role == \"user\") and"),
            ("is not none", "is none"),
            ("function", "command"),
            ("\\n", "\\\\n"),
            ("<think>", "<thought>"),
            ("ns.last_query_index %}", "0 %}"),
            ("message.content +", "message.content | trim +"),
            ("+ content", "+ content | trim"),
            ("enable_thinking is false", "enable_thinking is true"),
            ("helpful assistant.", "helpful assistant. Think first."),
            ("created by Alibaba Cloud. ", ""),
            ("{{bos_token}}", "{{eos_token}}"),
        ];
        var changed = changes.Select(change => Jinja(family).Replace(change.From, change.To)).Where(text => text != Jinja(family)).ToList();
        Assert.InRange(changed.Count, 8, changes.Length);
        Assert.All(changed, IsUnknown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("{%")]
    [InlineData("{{ 'never closed }}")]
    [InlineData("{{ messages[0].content }}")]
    [InlineData("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")]
    [InlineData("{{- bos_token }}{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
        + "+ message['content'] | trim + '<|eot_id|>' }}{%- endfor %}")]
    public void Other_families_templates_are_not_recognised(string jinja) => IsUnknown(jinja);

    [Theory]
    [InlineData("{%")]
    [InlineData("{#")]
    [InlineData("{{'")]
    [InlineData("{{'\\")]
    [InlineData("{{'a'}}")]
    [InlineData(" \n")]
    [InlineData("-")]
    [Trait("Contract", "C9")]
    public void The_longest_text_that_a_folder_may_hold_is_found_unknown_at_once(string piece) =>
        IsUnknown("{{ x" + string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length)));

    [SkippableFact]
    public void The_folders_of_the_reference_data_have_their_own_template_or_an_unknown_one()
    {
        Assert.Equal("qwen2.5", ChatTemplate.Recognize(ChatTemplateFile.Read(SharedTokenizers.Folder("qwen2.5"))!)?.Name);
        IsUnknown(ChatTemplateFile.Read(SharedTokenizers.Folder("qwen2"))!);
    }

    // What was revised since: contents need not be texts any more.
    private static string FirstQwen3()
    {
        const string Reasoning = "split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}";
        var jinja = Jinja("qwen3").Replace(" and message.content is string", "");
        var from = jinja.IndexOf("    {%- if message.content is string %}", StringComparison.Ordinal);
        var to = jinja.IndexOf("    {%- if (message.role == \"user\")", StringComparison.Ordinal);
        return jinja.Remove(from, to - from)
            .Replace("'\\n' + content + '<|im_end|>'", "'\\n' + message.content + '<|im_end|>'")
            .Replace("{%- set reasoning_content = '' %}", "{%- set content = message.content %}{%- set reasoning_content = '' %}")
            .Replace(
                "message.reasoning_content is string",
                "message.reasoning_content is defined and message.reasoning_content is not none")
            .Replace("'</think>' in content", "'</think>' in message.content")
            .Replace("{%- set reasoning_content = content." + Reasoning, "")
            .Replace(
                "{%- set content = content.split('</think>')[-1].lstrip('\\n') %}",
                "{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}"
                    + "{%- set reasoning_content = message.content." + Reasoning)
            .Replace("{{- content }}", "{{- message.content }}");
    }

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    private static partial Regex Tag();
}
