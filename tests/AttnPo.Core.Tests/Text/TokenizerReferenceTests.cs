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

    [SkippableFact]
    public void Decoding_gives_the_encoded_text_back()
    {
        foreach (var (text, ids) in SharedTokenizers.Rows("deepseek-r1-distill-qwen", "encode-derived-dev.jsonl"))
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
