using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AttnPo.Core.Text;

namespace AttnPo.Core.Data;

/// <summary>
/// Writes the tiny task's tokenizer: a byte-level BPE of the same form as Qwen's, with a vocabulary of the task's own. What is looked up
/// together is one token (<c>b:=</c>, <c>b=</c>, <c>+4</c>), a transition phrase is one token, and spaces belong to the punctuation
/// before them, so that a digit or a variable is the same token wherever it stands and each look-up is a single hop of attention.
/// </summary>
internal static class TinyTokenizer
{
    /// <summary>
    /// A variable with what it introduces; an operator with its operand; a digit; an opening phrase up to its comma or colon; a LaTeX
    /// command; a word of two letters or more with the spaces around it; a mark with the white space after it; anything else by itself.
    /// </summary>
    private const string SplitExpression =
        @"\p{Ll}:?=|[-+*]\p{N}|\p{N}|\p{Lu}[\p{L} -]{0,30}[,:] |\\\p{L}+\{| ?\p{L}{2,} ?|\p{L}|[^\s\p{L}\p{N}]\s?|\s";

    public static void Write(string directory, string begin, string end, params ReadOnlySpan<string> thinkingMarks)
    {
        var merges = MakeMerges();
        Directory.CreateDirectory(directory);
        string[] marks = [.. thinkingMarks];
        WriteJson(Path.Combine(directory, "tokenizer.json"), json => WriteTokenizer(json, merges, [begin, end], marks));
        WriteJson(Path.Combine(directory, "tokenizer_config.json"), json => WriteConfiguration(json, begin, end));
    }

    /// <summary>What must be a single token.</summary>
    private static IEnumerable<string> Words()
    {
        string[] punctuation = [", ", "; ", ".\n", ":="];
        string[] words = [" so ", " is ", "\\boxed{"];
        var variables = Enumerable.Range(0, TinyTaskSettings.MostVariables).Select(TinyProgram.NameOf).ToList();
        var operations = from operation in "+-*" from digit in "0123456789" select $"{operation}{digit}";
        return punctuation
            .Concat(variables.Select(variable => variable + "="))
            .Concat(variables.Select(variable => variable + ":="))
            .Concat(operations)
            .Concat(words)
            .Concat(TinyTeacher.Openings);
    }

    // A word's merges go behind those of the words before it: they join what those leave of it, from left to right, and they come too
    // late to change how an earlier word is merged.
    private static List<(string Left, string Right)> MakeMerges()
    {
        var merges = new List<(string Left, string Right)>();
        foreach (var word in Words())
        {
            var symbols = Merged(ByteAlphabet.Spell(Encoding.UTF8.GetBytes(word)), merges);
            for (; symbols.Count > 1; symbols = Merged(string.Concat(symbols), merges)) merges.Add((symbols[0], symbols[1]));
        }
        return merges;
    }

    private static List<string> Merged(string word, List<(string Left, string Right)> merges)
    {
        List<string> symbols = [.. word.Select(character => character.ToString())];
        foreach (var (left, right) in merges)
        {
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if (symbols[i] != left || symbols[i + 1] != right) continue;
                symbols[i] += right;
                symbols.RemoveAt(i + 1);
            }
        }
        return symbols;
    }

    private static void WriteTokenizer(Utf8JsonWriter json, List<(string Left, string Right)> merges, string[] special, string[] marks)
    {
        var entries = Enumerable.Range(0, 256).Select(value => ByteAlphabet.CharacterOf((byte)value).ToString())
            .Concat(merges.Select(merge => merge.Left + merge.Right)).ToList();

        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        var id = entries.Count;
        foreach (var content in special.Concat(marks))
        {
            json.WriteStartObject();
            json.WriteNumber("id", id++);
            json.WriteString("content", content);
            foreach (var flag in (string[])["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(flag, false);
            json.WriteBoolean("special", special.Contains(content));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNull("normalizer");

        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", SplitExpression);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        json.WriteStartObject();
        WriteByteLevel(json);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();

        foreach (var part in (string[])["post_processor", "decoder"])
        {
            json.WriteStartObject(part);
            WriteByteLevel(json);
            json.WriteEndObject();
        }

        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var unset in (string[])["dropout", "unk_token"]) json.WriteNull(unset);
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"]) json.WriteString(affix, "");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteStartObject("vocab");
        for (var i = 0; i < entries.Count; i++) json.WriteNumber(entries[i], i);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in merges) json.WriteStringValue($"{left} {right}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json)
    {
        json.WriteString("type", "ByteLevel");
        foreach (var flag in (string[])["add_prefix_space", "trim_offsets", "use_regex"]) json.WriteBoolean(flag, false);
    }

    private static void WriteConfiguration(Utf8JsonWriter json, string begin, string end)
    {
        json.WriteStartObject();
        json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        json.WriteBoolean("add_bos_token", false);
        json.WriteBoolean("add_eos_token", false);
        json.WriteString("bos_token", begin);
        json.WriteString("eos_token", end);
        json.WriteString("pad_token", end);
        json.WriteBoolean("clean_up_tokenization_spaces", false);
        json.WriteEndObject();
    }

    private static void WriteJson(string path, Action<Utf8JsonWriter> write)
    {
        using var stream = File.Create(path);
        // Readable entries, and line ends that do not depend on the machine.
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options)) write(json);
        stream.Write("\n"u8);
    }
}
