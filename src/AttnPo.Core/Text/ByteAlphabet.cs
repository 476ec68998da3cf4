namespace AttnPo.Core.Text;

/// <summary>
/// The GPT-2 byte alphabet: one printable character for each of the 256 bytes, so that a vocabulary file can spell byte strings as text.
/// Printable Latin-1 bytes stand for themselves; the rest take the characters from U+0100 on, in byte order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly Dictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToDictionary(b => Characters[b], b => (byte)b);

    public static char CharacterOf(byte value) => Characters[value];

    public static string Spell(ReadOnlySpan<byte> bytes)
    {
        var spelled = new char[bytes.Length];
        for (var i = 0; i < bytes.Length; i++) spelled[i] = Characters[bytes[i]];
        return new string(spelled);
    }

    /// <summary>The bytes that a vocabulary entry spells; null when it holds a character outside the alphabet.</summary>
    public static byte[]? BytesOf(string entry)
    {
        var bytes = new byte[entry.Length];
        for (var i = 0; i < entry.Length; i++)
        {
            if (!Bytes.TryGetValue(entry[i], out bytes[i])) return null;
        }
        return bytes;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var standsForItself = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = (char)(standsForItself ? value : next++);
        }
        return characters;
    }
}
