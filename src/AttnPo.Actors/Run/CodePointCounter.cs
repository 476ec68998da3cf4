namespace AttnPo.Actors.Run;

/// <summary>Turns positions in UTF-16 into code points and back, for positions that come in order: the text is gone through once.</summary>
internal sealed class CodePointCounter(string text)
{
    private int _character, _codePoint;

    /// <summary>The code point that begins at a character.</summary>
    public int AtCharacter(int target)
    {
        while (_character < target) Step();
        return _codePoint;
    }

    /// <summary>The character at which a code point begins.</summary>
    public int CharacterAt(int target)
    {
        while (_codePoint < target) Step();
        return _character;
    }

    private void Step()
    {
        _character += _character + 1 < text.Length && char.IsSurrogatePair(text[_character], text[_character + 1]) ? 2 : 1;
        _codePoint++;
    }
}
