namespace AttnPo.Core.Steps;

/// <summary>The transition phrases of a text from left to right, the longest first where several stand, without overlaps.</summary>
internal ref struct PhraseScan(ReadOnlySpan<char> text, PhraseTable phrases)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _next;

    /// <summary>Where the phrase stands.</summary>
    public int Position { get; private set; }

    /// <summary>The phrase.</summary>
    public string Phrase { get; private set; } = "";

    /// <summary>What it does.</summary>
    public StepClass Class { get; private set; }

    /// <summary>Goes to the next phrase; false: there is none.</summary>
    public bool MoveNext()
    {
        while (_next < _text.Length)
        {
            var skipped = _text[_next..].IndexOfAny(phrases.FirstCharacters);
            if (skipped < 0) break;
            Position = _next + skipped;
            if (phrases.At(_text, Position) is var (phrase, kind))
            {
                (Phrase, Class, _next) = (phrase, kind, Position + phrase.Length);
                return true;
            }
            _next = Position + 1;
        }
        _next = _text.Length;
        return false;
    }
}
