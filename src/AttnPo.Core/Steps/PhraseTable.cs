using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;

namespace AttnPo.Core.Steps;

/// <summary>The transition phrases that cut reasoning into steps.</summary>
public sealed class PhraseTable
{
    private const string Resource = "AttnPo.Core.Steps.phrases.json";
    private static readonly FrozenDictionary<string, PhraseTable> Tables = Read();

    private readonly FrozenDictionary<char, (string Phrase, StepClass Class)[]> _byFirstCharacter;

    private PhraseTable(string name, IEnumerable<(string Phrase, StepClass Class)> phrases)
    {
        Name = name;
        _byFirstCharacter = phrases
            .GroupBy(entry => entry.Phrase[0])
            .ToFrozenDictionary(group => group.Key, group => group.OrderByDescending(entry => entry.Phrase.Length).ToArray());
        FirstCharacters = SearchValues.Create([.. _byFirstCharacter.Keys]);
    }

    /// <summary>The reference's table as it is, with "No," and "Let me double-check" run together into one phrase.</summary>
    public static PhraseTable Official => Tables["official"];

    /// <summary>The reference's table with that slip mended.</summary>
    public static PhraseTable Corrected => Tables["corrected"];

    /// <summary>The name that settings use.</summary>
    public string Name { get; }

    /// <summary>The characters a phrase can begin with.</summary>
    internal SearchValues<char> FirstCharacters { get; }

    /// <summary>The table of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static PhraseTable Named(string name) => Tables.TryGetValue(name, out var table)
        ? table
        : throw new ArgumentException(
            $"No phrase table is named '{name}'. Known: {string.Join(", ", Tables.Keys.Order(StringComparer.Ordinal))}.", nameof(name));

    /// <summary>The longest phrase that stands at a position and may cut there.</summary>
    internal (string Phrase, StepClass Class)? At(ReadOnlySpan<char> text, int position)
    {
        if (!_byFirstCharacter.TryGetValue(text[position], out var candidates)) return null;
        var afterNewline = position > 0 && text[position - 1] == '\n';
        foreach (var entry in candidates)
        {
            var cutsAnywhere = entry.Class is StepClass.Confused or StepClass.Final;
            if ((cutsAnywhere || afterNewline) && text[position..].StartsWith(entry.Phrase, StringComparison.Ordinal))
                return entry;
        }
        return null;
    }

    private static FrozenDictionary<string, PhraseTable> Read()
    {
        using var stream = typeof(PhraseTable).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is not embedded.");
        var tables = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string[]>>>(stream)
            ?? throw new InvalidOperationException($"The resource {Resource} is empty.");
        return tables.ToFrozenDictionary(
            table => table.Key,
            table => new PhraseTable(
                table.Key,
                from entry in table.Value
                from phrase in entry.Value
                select (phrase, Enum.Parse<StepClass>(entry.Key, ignoreCase: true))));
    }
}
