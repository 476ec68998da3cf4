using System.Text;

namespace AttnPo.Core.Text;

/// <summary>
/// Decodes tokens as they come. A character is given out once all of its bytes are there, so no piece ends in half a one, and all pieces
/// together are what <see cref="Tokenizer.Decode"/> makes of the same tokens.
/// </summary>
/// <param name="tokenizer">Of the model that samples them.</param>
public sealed class StreamingDecoder(Tokenizer tokenizer)
{
    // Bytes that may yet become a character: at most three are ever left.
    private byte[] _pending = [];

    /// <summary>The text that is complete with this token; empty where it only adds to an unfinished character.</summary>
    public string Append(int id)
    {
        _pending = [.. _pending, .. tokenizer.BytesOf(id)];
        return Take(atEnd: false);
    }

    /// <summary>What is left at the end: U+FFFD for bytes that never became a character. Begins anew.</summary>
    public string Complete() => Take(atEnd: true);

    private string Take(bool atEnd)
    {
        var text = new StringBuilder();
        var read = 0;
        while (read < _pending.Length)
        {
            var status = Rune.DecodeFromUtf8(_pending.AsSpan(read), out var rune, out var consumed);
            if (status == System.Buffers.OperationStatus.NeedMoreData && !atEnd) break;
            text.Append(rune.ToString());
            read += consumed;
        }
        _pending = _pending[read..];
        return text.ToString();
    }
}
