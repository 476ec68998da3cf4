using AttnPo.Core.Text;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Models;

/// <summary>
/// Writes questions and messages down as a model's prompts. The template is looked for at the first of them, so that a folder without a
/// known one serves whoever brings prompts of his own.
/// </summary>
/// <param name="folder">The model.</param>
/// <param name="template">The name of a template, or auto: the folder's own.</param>
/// <param name="system">A system message in front of conversations that have none; empty: none.</param>
/// <param name="openThink">One of <see cref="OpenThinkWords"/>.</param>
internal sealed class PromptRendering(
    ModelFolder folder, string template = PromptRendering.Auto, string system = "", string openThink = PromptRendering.Auto)
{
    /// <summary>The word that leaves a choice to the folder or the template.</summary>
    public const string Auto = "auto";

    /// <summary>Whether a prompt ends inside the reasoning where the template does not end there itself.</summary>
    public static readonly string[] OpenThinkWords = [Auto, "true", "false"];

    private ChatTemplate? _template;

    /// <summary>As the settings of a run say.</summary>
    public static PromptRendering Of(ResolvedSettings settings, ModelFolder folder) => new(
        folder, settings.Get<string>("prompt.template"), settings.Get<string>("prompt.system"), settings.Get<string>("prompt.open-think"));

    /// <summary>The prompt of a question that a user asks.</summary>
    public string Question(string question) => Conversation([new("user", question)]);

    /// <summary>The prompt of a conversation: the text that the model answers.</summary>
    /// <exception cref="WorkFailedException">There is no template, or it is not the model's.</exception>
    /// <exception cref="InvalidDataException">The conversation is none that a template can write.</exception>
    public string Conversation(IReadOnlyList<ChatMessage> messages)
    {
        var chosen = _template ??= Choose();
        if (system.Length > 0 && messages.All(message => message.Role != "system")) messages = [new("system", system), .. messages];
        var opens = !chosen.OpensThinking && (openThink == "true" || (openThink == Auto && chosen.Name != "plain"));
        return chosen.Render(messages, addGenerationPrompt: true) + (opens ? ChatTemplate.ThinkOpening : "");
    }

    private ChatTemplate Choose()
    {
        var chosen = template == Auto ? Recognized() : ChatTemplate.Named(template);
        if (chosen.SpecialTokens.FirstOrDefault(token => folder.Tokenizer.IdOf(token) is null) is { } missing)
            throw new WorkFailedException(
                $"{folder.Directory}: chat template {chosen.Name} writes {missing}, which is no token of this model's tokenizer; {Advice}");
        return chosen;
    }

    private ChatTemplate Recognized() => ChatTemplateFile.Read(folder.Directory) is not { } jinja
        ? throw new WorkFailedException($"{folder.Directory}: neither {ChatTemplateFile.FileName} nor {ChatTemplateFile.ConfigFileName} "
            + $"holds a chat template, which questions and messages need; {Advice}")
        : ChatTemplate.Recognize(jinja) ?? throw new WorkFailedException(
            $"{folder.Directory}: its chat template is none of the known ones, which questions and messages need; {Advice}");

    private static string Advice =>
        $"name one of {string.Join(", ", ChatTemplate.Names)} "
        + "(--set prompt.template=NAME in training, --template NAME elsewhere), or give prompts as they are";
}
