using System.CommandLine;
using AttnPo.Core.Text;
using AttnPo.Host.Models;

namespace AttnPo.Host.Commands;

/// <summary>The options of commands that write questions down as prompts: --template, --system, --open-think.</summary>
internal sealed class ChatOptions
{
    private readonly Option<string> _template = new("--template")
    {
        Description = "Chat template; auto: the one that the folder's own is recognised as.",
        HelpName = "NAME",
        DefaultValueFactory = _ => PromptRendering.Auto,
    };
    private readonly Option<string> _system = new("--system") { Description = "A system message where there is none.", HelpName = "TEXT" };
    private readonly Option<string> _openThink = new("--open-think")
    {
        Description = "Whether a prompt ends with <think> where the template leaves that to the model; auto: except with plain.",
        DefaultValueFactory = _ => PromptRendering.Auto,
    };

    /// <summary>Adds them to a command.</summary>
    public ChatOptions(Command command)
    {
        command.Add(_template.AcceptOnlyFromAmong([PromptRendering.Auto, .. ChatTemplate.Names]));
        command.Add(_system);
        command.Add(_openThink.AcceptOnlyFromAmong(PromptRendering.OpenThinkWords));
    }

    /// <summary>The first of them that was given; null where none was.</summary>
    public string? FirstGiven(ParseResult parsed) => ((Option[])[_template, _system, _openThink])
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>How the folder's prompts are written.</summary>
    public PromptRendering Rendering(ParseResult parsed, ModelFolder folder) =>
        new(folder, parsed.GetRequiredValue(_template), parsed.GetValue(_system) ?? "", parsed.GetRequiredValue(_openThink));
}
