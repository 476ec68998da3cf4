using System.Text.RegularExpressions;

namespace AttnPo.Core.Text;

/// <summary>
/// By what a published Jinja template is told from all others. Spacing, comments and quoting may be revised and so may the handling of
/// tools; but every place where turns, reasoning or special tokens are written must be a known one, for a template that differs there
/// renders other prompts than those the model was trained on.
/// </summary>
/// <param name="Name">The name of the template.</param>
/// <param name="Required">What it says about messages, in condensed form.</param>
/// <param name="Permitted">What it may say about contents and tokens besides: tools, and messages that carry their reasoning apart.</param>
internal sealed partial record ChatTemplateSignature(string Name, string[] Required, string[] Permitted)
{
    private const string GivenSystem =
        @"{%-ifmessages[0].role=='system'%}{{-'<|im_start|>system\n'+messages[0].content+'<|im_end|>\n'}}";

    // Whatever a template does to a prompt, it does with one of these.
    private static readonly string[] Telling =
        ["<|", "<｜", "<think", "</think", "content", "add_generation_prompt", "bos_token", "eos_token"];

    private static readonly string[] QwenTools =
    [
        @"{{-'<|im_start|>system\n'}}", @"\n</tool_call><|im_end|>\n'}}", @"{{-'<|im_end|>\n'}}", "{{-'<|im_start|>user'}}", "{{-content}}",
    ];

    private static readonly ChatTemplateSignature[] Known =
    [
        Qwen25("qwen2.5", "YouareQwen,createdbyAlibabaCloud.Youareahelpfulassistant."),
        Qwen25("qwen2.5-math", @"Pleasereasonstepbystep,andputyourfinalanswerwithin\\boxed{}."),
        new("qwen3",
            [
                GivenSystem + "{%-endif%}",
                "{%-ifns.multi_step_toolandmessage.role=='user'and",
                "{%-if(message.role=='user')or(message.role=='system'andnotloop.first)%}"
                    + @"{{-'<|im_start|>'+message.role+'\n'+content+'<|im_end|>\n'}}",
                @"{%-setreasoning_content=content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n')%}",
                @"{%-setcontent=content.split('</think>')[-1].lstrip('\n')%}",
                "{%-ifloop.index0>ns.last_query_index%}{%-ifloop.lastor(notloop.lastandreasoning_content)%}"
                    + @"{{-'<|im_start|>'+message.role+'\n<think>\n'+reasoning_content.strip('\n')+'\n</think>\n\n'+content.lstrip('\n')}}"
                    + @"{%-else%}{{-'<|im_start|>'+message.role+'\n'+content}}{%-endif%}"
                    + @"{%-else%}{{-'<|im_start|>'+message.role+'\n'+content}}{%-endif%}",
                @"{%-ifadd_generation_prompt%}{{-'<|im_start|>assistant\n'}}"
                    + @"{%-ifenable_thinkingisdefinedandenable_thinkingisfalse%}{{-'<think>\n\n</think>\n\n'}}{%-endif%}{%-endif%}",
            ],
            [
                .. QwenTools,
                @"messages[0].content+'\n\n'",
                "not(content.startswith('<tool_response>')andcontent.endswith('</tool_response>'))",
                "(loop.firstandcontent)",
                "message.reasoning_contentisdefinedandmessage.reasoning_contentisnotnone",
                "message.reasoning_contentisstring",
                "{%-setreasoning_content=message.reasoning_content%}",
                "{%-setreasoning_content=''%}",
                "contentisstring", "{%-setcontent=content%}", "{%-setcontent=''%}", "'</think>'incontent",
            ]),
        new("deepseek-r1",
            [
                "{%-formessageinmessages%}{%-ifmessage.role=='system'%}{%setns.system_prompt=content%}{%-endif%}{%-endfor%}"
                    + "{{bos_token}}{{ns.system_prompt}}",
                "{%-ifmessage.role=='user'%}{%-setns.is_tool=false-%}{{'<｜User｜>'+content}}{%-endif%}",
                "{%setcontent=content%}{%if'</think>'incontent%}{%setcontent=content.split('</think>')[-1]%}{%endif%}"
                    + "{{'<｜Assistant｜>'+content+'<｜end▁of▁sentence｜>'}}",
                @"{%ifadd_generation_promptandnotns.is_tool%}{{'<｜Assistant｜><think>\n'}}{%endif%}",
            ],
            [
                "{%ifnotadd_generation_promptisdefined%}{%setadd_generation_prompt=false%}{%endif%}",
                "contentisnone", "contentisnotnone",
                "'<｜tool▁outputs▁end｜>'+content+'<｜end▁of▁sentence｜>'",
                "<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>'+content+'<｜tool▁output▁end｜>",
                "<｜tool▁output▁begin｜>'+content+'<｜tool▁output▁end｜>",
                "<｜tool▁outputs▁end｜>",
                "<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>",
                "<｜tool▁calls▁end｜><｜end▁of▁sentence｜>",
            ]),
    ];

    /// <summary>The name of the template that a Jinja text renders; null where it is none of the known.</summary>
    public static string? NameOf(string jinja)
    {
        var condensed = Condense(jinja);
        return Known.FirstOrDefault(signature => signature.Matches(condensed))?.Name;
    }

    private bool Matches(string condensed)
    {
        if (!Required.All(condensed.Contains)) return false;
        var rest = Required.Concat(Permitted).Aggregate(condensed, (text, known) => text.Replace(known, " ", StringComparison.Ordinal));
        return !Telling.Any(rest.Contains);
    }

    // The spellings of one and the same thing become one.
    private static string Condense(string jinja) => AdjacentTexts().Replace(
        Subscript().Replace(
            WhiteSpace().Replace(Comment().Replace(jinja, ""), "").Replace('"', '\''),
            ".$1").Replace("message.content", "content", StringComparison.Ordinal),
        "");

    private static ChatTemplateSignature Qwen25(string name, string defaultSystem) => new(
        name,
        [
            GivenSystem + @"{%-else%}{{-'<|im_start|>system\n" + defaultSystem + @"<|im_end|>\n'}}{%-endif%}",
            "{%-if(message.role=='user')or(message.role=='system'andnotloop.first)or(message.role=='assistant'andnotmessage.tool_calls)%}"
                + @"{{-'<|im_start|>'+message.role+'\n'+content+'<|im_end|>\n'}}",
            @"{%-ifadd_generation_prompt%}{{-'<|im_start|>assistant\n'}}{%-endif%}",
        ],
        [.. QwenTools, "{{-messages[0].content}}", @"{{-'<|im_start|>'+message.role}}{%-ifcontent%}{{-'\n'+content}}{%-endif%}"]);

    [GeneratedRegex(@"\{#.*?#\}", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"\['([a-z_]+)'\]")]
    private static partial Regex Subscript();

    [GeneratedRegex(@"'\+'")]
    private static partial Regex AdjacentTexts();
}
