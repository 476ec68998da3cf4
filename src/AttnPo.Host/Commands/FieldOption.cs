using System.CommandLine;
using AttnPo.Core.Data.Questions;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Commands;

/// <summary>The option of commands that read questions of any form: --field NAME=MEMBER.</summary>
internal sealed class FieldOption
{
    private readonly Option<string[]> _field = new("--field")
    {
        Description = $"What holds what in rows of no known form: question=MEMBER and gold=MEMBER; further {string.Join(", ", FieldMap.Names.Skip(2))} "
            + $"(kind={string.Join('|', FieldMap.Kinds)}). May be given often.",
        HelpName = "NAME=MEMBER",
    };

    /// <summary>Adds it to a command.</summary>
    public FieldOption(Command command) => command.Add(_field);

    /// <summary>The option's name where it was given.</summary>
    public string? Given(ParseResult parsed) => parsed.GetResult(_field) is { Implicit: false } ? _field.Name : null;

    /// <summary>What was given; null where nothing was.</summary>
    /// <exception cref="SettingsException">It is none of what was expected.</exception>
    public FieldMap? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_field) is not { Length: > 0 } given) return null;
        var names = new Dictionary<string, string>();
        foreach (var text in given)
        {
            if (text.Split('=', 2) is not [var name, { Length: > 0 } member]) throw new SettingsException($"{_field.Name} {text}: expected NAME=MEMBER");
            if (!names.TryAdd(name, member)) throw new SettingsException($"{_field.Name} {text}: {name} was given before");
        }
        var (map, fault) = FieldMap.Of(names);
        return map ?? throw new SettingsException($"{_field.Name}: {fault}");
    }
}
