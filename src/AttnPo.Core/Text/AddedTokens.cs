using System.Buffers;

namespace AttnPo.Core.Text;

/// <summary>Finds added tokens in raw text: the leftmost first, and of those that start at the same place the longest.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<char, (string Content, int Id)[]> _byFirstCharacter;
    private readonly SearchValues<char> _firstCharacters;

    public AddedTokens(IReadOnlyDictionary<string, int> tokens)
    {
        _byFirstCharacter = tokens.GroupBy(token => token.Key[0]).ToDictionary(
            group => group.Key,
            group => group.OrderByDescending(token => token.Key.Length).Select(token => (token.Key, token.Value)).ToArray());
        _firstCharacters = SearchValues.Create([.. _byFirstCharacter.Keys]);
    }

    /// <summary>The first added token at or after an index; false when the rest of the text holds none.</summary>
    public bool TryFind(string text, int from, out int start, out int length, out int id)
    {
        for (start = from; start < text.Length; start++)
        {
            var offset = text.AsSpan(start).IndexOfAny(_firstCharacters);
            if (offset < 0) break;
            start += offset;
            foreach (var (content, candidate) in _byFirstCharacter[text[start]])
            {
                if (!text.AsSpan(start).StartsWith(content, StringComparison.Ordinal)) continue;
                (length, id) = (content.Length, candidate);
                return true;
            }
        }
        (start, length, id) = (text.Length, 0, -1);
        return false;
    }
}
