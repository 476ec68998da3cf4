using System.Text;

namespace AttnPo.Core.Text;

/// <summary>
/// A byte-level BPE tokenizer read from a Hugging Face <c>tokenizer.json</c>. Added tokens are cut out of the raw text first; what lies
/// between them is normalised if the file says so, split by the file's expressions, spelled as bytes and merged. Safe for many threads.
/// </summary>
/// <remarks>
/// Decoding gives the text back that was encoded (in normalisation form C where the file asks for it), because every byte has a token.
/// </remarks>
public sealed class Tokenizer
{
    private readonly AddedTokens _added;
    private readonly PreTokenizer _preTokenizer;
    private readonly MergeTable _merges;
    private readonly Dictionary<string, int> _idOfEntry;
    private readonly Dictionary<string, int>? _wholePieces;
    private readonly bool _normalizes;
    private readonly byte[]?[] _bytes;

    private Tokenizer(TokenizerFile file)
    {
        _idOfEntry = new Dictionary<string, int>(file.Vocabulary, StringComparer.Ordinal);
        _normalizes = file.NormalizesToFormC;
        _wholePieces = file.IgnoresMergesOfEntries ? file.Vocabulary : null;
        _bytes = BytesOfIds(file);
        _merges = new MergeTable(IdsOfBytes(file), MergesOf(file));
        _preTokenizer = new PreTokenizer(file.SplitExpressions);
        _added = new AddedTokens(file.Added);
        foreach (var (content, id) in file.Added) _idOfEntry[content] = id;
    }

    /// <summary>The highest id plus one.</summary>
    public int VocabularySize => _bytes.Length;

    /// <summary>Reads a tokenizer from a <c>tokenizer.json</c> or from the folder that holds it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is broken or needs what is not implemented; the message names file and reason.
    /// </exception>
    public static Tokenizer Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path;
        if (!File.Exists(file)) throw new FileNotFoundException($"There is no tokenizer at {file}.", file);
        return new Tokenizer(TokenizerFile.Read(file));
    }

    /// <summary>The id of an added token or of a vocabulary entry as the file spells it; null when there is none.</summary>
    public int? IdOf(string token) => _idOfEntry.TryGetValue(token, out var id) ? id : null;

    /// <summary>The ids of a text. Added tokens are recognised in it; none are added.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>(text.Length / 2 + 1);
        Encode(text, ids, offsets: null);
        return [.. ids];
    }

    /// <summary>
    /// The ids of a text, each with the UTF-16 range it comes from. A token that holds only part of a character has that whole character.
    /// </summary>
    public IReadOnlyList<(int Id, TokenSpan Characters)> EncodeWithOffsets(string text)
    {
        var ids = new List<int>();
        var offsets = new List<TokenSpan>();
        Encode(text, ids, offsets);
        return [.. ids.Zip(offsets)];
    }

    /// <summary>
    /// The text of ids, added tokens included. An id without an entry (models pad their vocabulary, and may sample there) has no text.
    /// </summary>
    public DecodedText Decode(IReadOnlyList<int> ids)
    {
        var tokens = new byte[ids.Count][];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = (uint)ids[i] < (uint)_bytes.Length && _bytes[ids[i]] is { } bytes ? bytes : [];
        return DecodedText.FromBytes(tokens);
    }

    private void Encode(string text, List<int> ids, List<TokenSpan>? offsets)
    {
        for (var at = 0; at < text.Length;)
        {
            var found = _added.TryFind(text, at, out var start, out var length, out var id);
            if (start > at) EncodeOrdinary(text[at..start], at, ids, offsets);
            if (found)
            {
                ids.Add(id);
                offsets?.Add(new TokenSpan(start, start + length));
            }
            at = start + length;
        }
    }

    private void EncodeOrdinary(string section, int sectionStart, List<int> ids, List<TokenSpan>? offsets)
    {
        var (text, sourceOf) = _normalizes ? CanonicalComposition.Normalize(section) : (section, null);
        foreach (var (start, end) in _preTokenizer.Split(text))
        {
            var piece = text[start..end];
            var bytes = Encoding.UTF8.GetBytes(piece);
            var merged = _wholePieces is not null && _wholePieces.TryGetValue(ByteAlphabet.Spell(bytes), out var whole)
                ? [whole]
                : _merges.Merge(piece, bytes);
            ids.AddRange(merged);
            if (offsets is not null) AddOffsets(piece, start, merged, sectionStart, sourceOf, offsets);
        }
    }

    private void AddOffsets(
        string piece, int pieceStart, int[] ids, int sectionStart, IReadOnlyList<(int Start, int End)>? sourceOf, List<TokenSpan> offsets)
    {
        // For each byte the range of its character, first in the piece and then in the text before normalisation.
        var characterOfByte = new List<TokenSpan>(piece.Length);
        for (var i = 0; i < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece.AsSpan(i), out var rune, out var units);
            int first = pieceStart + i, last = first + units - 1;
            var character = sourceOf is null
                ? new TokenSpan(sectionStart + first, sectionStart + last + 1)
                : new TokenSpan(sectionStart + sourceOf[first].Start, sectionStart + sourceOf[last].End);
            for (var b = 0; b < rune.Utf8SequenceLength; b++) characterOfByte.Add(character);
            i += units;
        }
        var at = 0;
        foreach (var id in ids)
        {
            var next = at + _bytes[id]!.Length;
            offsets.Add(new TokenSpan(characterOfByte[at].Start, characterOfByte[next - 1].End));
            at = next;
        }
    }

    private static byte[]?[] BytesOfIds(TokenizerFile file)
    {
        var highest = file.Vocabulary.Values.Concat(file.Added.Values).DefaultIfEmpty(-1).Max();
        var bytes = new byte[]?[highest + 1];
        foreach (var (entry, id) in file.Vocabulary)
        {
            if (bytes[id] is not null) throw file.Fault($"two entries of model.vocab have the id {id}");
            // Entries outside the byte alphabet are never produced by merging; they stand for their own text.
            bytes[id] = ByteAlphabet.BytesOf(entry) ?? Encoding.UTF8.GetBytes(entry);
        }
        var taken = new HashSet<int>();
        foreach (var (content, id) in file.Added)
        {
            if (!taken.Add(id)) throw file.Fault($"two added tokens have the id {id}");
            var spelled = Encoding.UTF8.GetBytes(content);
            if (bytes[id] is { } entry && !entry.AsSpan().SequenceEqual(spelled))
                throw file.Fault($"added token {content} has the id {id} of another entry");
            bytes[id] = spelled;
        }
        return bytes;
    }

    private static int[] IdsOfBytes(TokenizerFile file)
    {
        var ids = new int[256];
        for (var value = 0; value < ids.Length; value++)
        {
            if (!file.Vocabulary.TryGetValue(ByteAlphabet.CharacterOf((byte)value).ToString(), out ids[value]))
                throw file.Fault($"model.vocab has no entry for the byte 0x{value:X2}");
        }
        return ids;
    }

    private static Dictionary<(int Left, int Right), (int Rank, int Id)> MergesOf(TokenizerFile file)
    {
        var merges = new Dictionary<(int Left, int Right), (int Rank, int Id)>(file.Merges.Count);
        for (var rank = 0; rank < file.Merges.Count; rank++)
        {
            var (left, right) = file.Merges[rank];
            if (!file.Vocabulary.TryGetValue(left, out var leftId)
                || !file.Vocabulary.TryGetValue(right, out var rightId)
                || !file.Vocabulary.TryGetValue(left + right, out var mergedId))
                throw file.Fault($"model.merges[{rank}] joins \"{left}\" and \"{right}\", and not all three are in model.vocab");
            // Where a pair is listed twice the first, lower rank holds.
            merges.TryAdd((leftId, rightId), (rank, mergedId));
        }
        return merges;
    }
}
