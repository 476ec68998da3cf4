using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public class TokenizerReferenceTests
{
    [SkippableTheory]
    [InlineData("encode-dev.jsonl")]
    [InlineData("encode-derived-dev.jsonl")]
    public void The_ids_equal_the_reference_on_every_row(string file)
    {
        var rows = SharedTokenizers.Rows("deepseek-r1-distill-qwen", file).ToList();
        Assert.NotEmpty(rows);
        foreach (var (text, ids) in rows) Assert.Equal(ids, SharedTokenizers.DeepSeek.Encode(text));
    }

    [SkippableFact]
    public void The_prompts_of_the_chat_template_keep_their_added_tokens()
    {
        foreach (var row in SharedData.Rows("tokenizers/deepseek-r1-distill-qwen/chat-dev.jsonl"))
        {
            var ids = row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32());
            Assert.Equal(ids, SharedTokenizers.DeepSeek.Encode(row.GetProperty("prompt").GetString()!));
        }
    }

    [SkippableTheory]
    [InlineData("encode-dev.jsonl")]
    [InlineData("encode-derived-dev.jsonl")]
    public void Decoding_gives_the_encoded_text_back(string file)
    {
        foreach (var (text, ids) in SharedTokenizers.Rows("deepseek-r1-distill-qwen", file))
        {
            // The tokenizer's own normaliser composes what the text spells decomposed.
            Assert.Equal(CanonicalComposition.Normalize(text).Text, SharedTokenizers.DeepSeek.Decode(ids).Text);
        }
    }

    [SkippableFact]
    public void Offsets_run_through_the_text_in_order_and_cover_it()
    {
        foreach (var (text, ids) in SharedTokenizers.Rows("deepseek-r1-distill-qwen", "encode-derived-dev.jsonl"))
        {
            var tokens = SharedTokenizers.DeepSeek.EncodeWithOffsets(text);
            Assert.Equal(ids, tokens.Select(token => token.Id));
            var covered = 0;
            foreach (var (_, characters) in tokens)
            {
                Assert.InRange(characters.Start, 0, covered);
                Assert.InRange(characters.End, covered, text.Length);
                covered = characters.End;
            }
            Assert.Equal(text.Length, covered);
        }
    }

    [SkippableTheory]
    [InlineData("encode-dev.jsonl")]
    [InlineData("encode-derived-dev.jsonl")]
    public void Each_token_has_the_characters_that_its_bytes_lie_in(string file)
    {
        var divided = 0;
        foreach (var (text, ids) in SharedTokenizers.Rows("deepseek-r1-distill-qwen", file))
        {
            // Text that the normaliser changes has other bytes than its tokens.
            if (CanonicalComposition.Normalize(text).Text != text) continue;
            var characterOfByte = new List<TokenSpan>();
            foreach (var rune in text.EnumerateRunes())
            {
                var start = characterOfByte.Count == 0 ? 0 : characterOfByte[^1].End;
                for (var i = 0; i < rune.Utf8SequenceLength; i++) characterOfByte.Add(new(start, start + rune.Utf16SequenceLength));
            }
            var at = 0;
            foreach (var (id, characters) in SharedTokenizers.DeepSeek.EncodeWithOffsets(text))
            {
                var next = at + SharedTokenizers.DeepSeek.BytesOf(id).Length;
                Assert.Equal(new TokenSpan(characterOfByte[at].Start, characterOfByte[next - 1].End), characters);
                if (at > 0 && characterOfByte[at] == characterOfByte[at - 1]) divided++;
                at = next;
            }
            Assert.Equal(characterOfByte.Count, at);
        }
        Assert.True(divided > 0, "no character is divided between tokens");
    }

    [SkippableFact]
    public void The_vocabulary_ends_after_the_last_added_token()
    {
        Assert.Equal(151_665, SharedTokenizers.DeepSeek.VocabularySize);
        Assert.Equal(151_649, SharedTokenizers.DeepSeek.IdOf("</think>"));
        Assert.Null(SharedTokenizers.DeepSeek.IdOf("no such entry"));
    }

    [SkippableFact]
    public void The_qwen_file_gives_the_same_ids_for_plain_text()
    {
        var qwen = Tokenizer.Load(Path.Combine(SharedTokenizers.Folder("qwen2.5"), "tokenizer.json"));
        foreach (var (text, ids) in SharedTokenizers.Rows("qwen2", "encode-dev.jsonl")) Assert.Equal(ids, qwen.Encode(text));
    }
}
