using System.Text;

namespace AttnPo.Core.Text;

/// <summary>
/// The text of a token sequence, with the way back from characters to tokens. Byte-level tokens may hold part of a character, so a
/// character belongs to the token that holds its first byte. Bytes that are no UTF-8 (a model may sample anything) decode to U+FFFD.
/// </summary>
public sealed class DecodedText
{
    // Characters are UTF-16 units. Both arrays ascend, so each is searched in the other's place where a way back is needed.
    private readonly int[] _tokenOfCharacter;

    private DecodedText(string text, int[] tokenOfCharacter, int tokenCount)
    {
        Text = text;
        _tokenOfCharacter = tokenOfCharacter;
        TokenCount = tokenCount;
    }

    /// <summary>The decoded text; added tokens stand in it as their own text.</summary>
    public string Text { get; }

    /// <summary>How many tokens were decoded.</summary>
    public int TokenCount { get; }

    /// <summary>The position of the token that holds the first byte of the character at this UTF-16 index.</summary>
    public int TokenAt(int character)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(character);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(character, Text.Length);
        return _tokenOfCharacter[character];
    }

    /// <summary>
    /// The UTF-16 index of the first character whose first byte lies in this token or in a later one; the text's length when there is none.
    /// </summary>
    public int StartOf(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(token, TokenCount);
        int low = 0, high = _tokenOfCharacter.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_tokenOfCharacter[middle] < token) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Decodes the tokens' bytes one after the other; a token without bytes adds nothing to the text.</summary>
    internal static DecodedText FromBytes(IReadOnlyList<byte[]> tokens)
    {
        var total = 0;
        foreach (var token in tokens) total = checked(total + token.Length);
        var bytes = new byte[total];
        var tokenOfByte = new int[total];
        var filled = 0;
        for (var position = 0; position < tokens.Count; position++)
        {
            tokens[position].CopyTo(bytes, filled);
            tokenOfByte.AsSpan(filled, tokens[position].Length).Fill(position);
            filled += tokens[position].Length;
        }

        // UTF-8 never needs more UTF-16 units than bytes.
        var characters = new char[total];
        var tokenOfCharacter = new int[total];
        int read = 0, written = 0;
        while (read < total)
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(read), out var rune, out var consumed);
            var units = rune.EncodeToUtf16(characters.AsSpan(written));
            tokenOfCharacter.AsSpan(written, units).Fill(tokenOfByte[read]);
            written += units;
            read += consumed;
        }
        return new DecodedText(new string(characters, 0, written), tokenOfCharacter[..written], tokens.Count);
    }
}
