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
    private readonly bool _normalizes;
    private readonly byte[]?[] _bytes;

    private Tokenizer(TokenizerDefinition definition)
    {
        _idOfEntry = new Dictionary<string, int>(definition.Vocabulary, StringComparer.Ordinal);
        _normalizes = definition.NormalizesToFormC;
        _bytes = BytesOfIds(definition);
        _merges = new MergeTable(
            IdsOfBytes(definition), MergesOf(definition), definition.IgnoresMergesOfEntries ? definition.Vocabulary : null);
        _preTokenizer = new PreTokenizer(definition.SplitExpressions);
        _added = new AddedTokens(definition.Added);
        foreach (var (content, id) in definition.Added) _idOfEntry[content] = id;
    }

    /// <summary>The highest id plus one.</summary>
    public int VocabularySize => _bytes.Length;

    /// <summary>
    /// Reads a tokenizer from a <c>tokenizer.json</c>, or from the folder that holds it or, as older folders do, <c>vocab.json</c> and
    /// <c>merges.txt</c> in its place.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is broken or needs what is not implemented; the message names file and reason.
    /// </exception>
    public static Tokenizer Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, TokenizerFile.FileName) : path;
        if (Path.Exists(file)) return new Tokenizer(TokenizerFile.Read(file));
        if (VocabularyFiles.AreIn(path)) return new Tokenizer(VocabularyFiles.Read(path));
        throw new FileNotFoundException($"There is no tokenizer at {file}.", file);
    }

    /// <summary>Whether a folder holds a tokenizer in one of the layouts that <see cref="Load"/> reads.</summary>
    public static bool IsIn(string folder) => Path.Exists(Path.Combine(folder, TokenizerFile.FileName)) || VocabularyFiles.AreIn(folder);

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
        for (var i = 0; i < tokens.Length; i++) tokens[i] = BytesOf(ids[i]);
        return DecodedText.FromBytes(tokens);
    }

    /// <summary>The bytes of a token; none for an id without an entry. The caller must not write into the array.</summary>
    internal byte[] BytesOf(int id) => (uint)id < (uint)_bytes.Length && _bytes[id] is { } bytes ? bytes : [];

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
            var piece = text.AsSpan(start, end - start);
            var merged = _merges.Merge(piece);
            ids.AddRange(merged);
            if (offsets is not null) AddOffsets(piece, start, merged, sectionStart, sourceOf, offsets);
        }
    }

    private void AddOffsets(
        ReadOnlySpan<char> piece, int pieceStart, int[] ids, int sectionStart,
        IReadOnlyList<(int Start, int End)>? sourceOf, List<TokenSpan> offsets)
    {
        if (sourceOf is null && Ascii.IsValid(piece))
        {
            // Each byte is a character of its own, as in most text.
            var start = sectionStart + pieceStart;
            foreach (var id in ids) offsets.Add(new TokenSpan(start, start += _bytes[id]!.Length));
            return;
        }

        // For each byte the range of its character, first in the piece and then in the text before normalisation.
        var characterOfByte = new List<TokenSpan>(piece.Length);
        for (var i = 0; i < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[i..], out var rune, out var units);
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

    private static byte[]?[] BytesOfIds(TokenizerDefinition definition)
    {
        var highest = definition.Vocabulary.Values.Concat(definition.Added.Values).DefaultIfEmpty(-1).Max();
        var bytes = new byte[]?[highest + 1];
        foreach (var (entry, id) in definition.Vocabulary)
        {
            if (bytes[id] is not null) throw definition.Fault($"two entries of the vocabulary have the id {id}");
            // Entries outside the byte alphabet are never produced by merging; they stand for their own text.
            bytes[id] = ByteAlphabet.BytesOf(entry) ?? Encoding.UTF8.GetBytes(entry);
        }
        var taken = new HashSet<int>();
        foreach (var (content, id) in definition.Added)
        {
            if (!taken.Add(id)) throw definition.Fault($"two added tokens have the id {id}");
            var spelled = Encoding.UTF8.GetBytes(content);
            if (bytes[id] is { } entry && !entry.AsSpan().SequenceEqual(spelled))
                throw definition.Fault($"added token {content} has the id {id} of another entry");
            bytes[id] = spelled;
        }
        return bytes;
    }

    private static int[] IdsOfBytes(TokenizerDefinition definition)
    {
        var ids = new int[256];
        for (var value = 0; value < ids.Length; value++)
        {
            if (!definition.Vocabulary.TryGetValue(ByteAlphabet.CharacterOf((byte)value).ToString(), out ids[value]))
                throw definition.Fault($"the vocabulary has no entry for the byte 0x{value:X2}");
        }
        return ids;
    }

    private static Dictionary<(int Left, int Right), (int Rank, int Id)> MergesOf(TokenizerDefinition definition)
    {
        var merges = new Dictionary<(int Left, int Right), (int Rank, int Id)>(definition.Merges.Count);
        for (var rank = 0; rank < definition.Merges.Count; rank++)
        {
            var (left, right) = definition.Merges[rank];
            if (!definition.Vocabulary.TryGetValue(left, out var leftId)
                || !definition.Vocabulary.TryGetValue(right, out var rightId)
                || !definition.Vocabulary.TryGetValue(left + right, out var mergedId))
                throw definition.Fault($"merges[{rank}] joins \"{left}\" and \"{right}\", and not all three are in the vocabulary");
            // Where a pair is listed twice the first, lower rank holds.
            merges.TryAdd((leftId, rightId), (rank, mergedId));
        }
        return merges;
    }
}
