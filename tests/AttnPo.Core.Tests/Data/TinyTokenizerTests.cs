using AttnPo.Core.Data;
using AttnPo.Core.Text;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Data;

public class TinyTokenizerTests(TinyTokenizerFixture fixture) : IClassFixture<TinyTokenizerFixture>
{
    private Tokenizer Tokenizer => fixture.Tokenizer;

    private string[] Tokens(string text) => [.. Tokenizer.Encode(text).Select(id => Tokenizer.Decode([id]).Text)];

    [Fact]
    public void The_vocabulary_has_at_most_512_entries() => Assert.InRange(Tokenizer.VocabularySize, 260, 512);

    [Theory]
    [InlineData("<|begin|>")]
    [InlineData("<|end|>")]
    [InlineData("<think>")]
    [InlineData("</think>")]
    public void The_marks_are_added_tokens(string mark)
    {
        var id = Assert.Single(Tokenizer.Encode(mark));
        Assert.Equal(id, Tokenizer.IdOf(mark));
    }

    [Fact]
    public void Every_word_of_the_task_is_one_token()
    {
        string[] words = [" so ", " is ", "\\boxed{", "}", ", ", "; ", ".\n", "\n", "?", .. TinyTeacher.Openings];
        var variables = Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString()).ToList();
        var digits = Enumerable.Range(0, 10).ToList();
        var all = words.Concat(variables).Concat(variables.Select(v => v + "=")).Concat(variables.Select(v => v + ":="))
            .Concat(digits.Select(d => $"{d}")).Concat(from o in "+-*" from d in digits select $"{o}{d}");
        Assert.All(all, word => Assert.Single(Tokenizer.Encode(word)));
    }

    [Fact]
    public void A_line_of_each_kind_is_cut_where_its_words_end()
    {
        Assert.Equal(["First, ", "b:=", "a", "+4", ", ", "3", "+4", " so ", "b=", "7", ".\n"], Tokens("First, b:=a+4, 3+4 so b=7.\n"));
        Assert.Equal(["Wait, ", "3", "+4", " is ", "7", ".\n"], Tokens("Wait, 3+4 is 7.\n"));
        Assert.Equal(["Let me double-check: ", "b", " is ", "7", ".\n"], Tokens("Let me double-check: b is 7.\n"));
        Assert.Equal(["Alternatively, ", "7", "-4", " is ", "3", ".\n"], Tokens("Alternatively, 7-4 is 3.\n"));
        Assert.Equal(["But, ", "b:=", "a", "+4", ".\n"], Tokens("But, b:=a+4.\n"));
    }

    [Fact]
    public void A_prompt_and_an_answer_are_cut_where_their_words_end()
    {
        Assert.Equal(["<|begin|>", "a=", "3", "; ", "b:=", "a", "+4", "; ", "?", "b", "\n", "<think>", "\n"],
            Tokens("<|begin|>a=3; b:=a+4; ?b\n<think>\n"));
        Assert.Equal(["</think>", "\n", "b=", "7", "; ", "c=", "9", " so ", "\\boxed{", "9", "}", "<|end|>"],
            Tokens("</think>\nb=7; c=9 so \\boxed{9}<|end|>"));
    }

    [Fact]
    public void Any_text_comes_back_from_its_tokens() =>
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(text => Tokenizer.Decode(Tokenizer.Encode(text)).Text == text);

    [Fact]
    public void Traces_come_back_from_their_tokens_and_cut_at_their_marks()
    {
        var task = new TinyTask(new TinyTaskSettings());
        for (var index = 0; index < 200; index++)
        {
            var (prompt, response) = task.Trace(seed: 5, index);
            Assert.Equal(prompt.Text + response, Tokenizer.Decode(Tokenizer.Encode(prompt.Text + response)).Text);
            // Sampled responses follow their prompt's tokens, so the border between them must not depend on what follows.
            Assert.Equal(Tokenizer.Encode(prompt.Text + response), Tokenizer.Encode(prompt.Text).Concat(Tokenizer.Encode(response)));
        }
    }

    [Fact]
    public void A_concise_response_of_five_operations_has_76_tokens()
    {
        var task = new TinyTask(new TinyTaskSettings { MinOperations = 5, MaxOperations = 5, Redundancy = 0 });
        var (prompt, response) = task.Trace(seed: 1, index: 0);
        Assert.Equal(29, Tokenizer.Encode(prompt.Text).Length);
        Assert.Equal(5 * 11 + 21, Tokenizer.Encode(response).Length);
    }

    [Fact]
    public void The_files_are_the_same_bytes_every_time()
    {
        using var again = new TinyTokenizerFixture();
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json"])
        {
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(fixture.Directory, name)), File.ReadAllBytes(Path.Combine(again.Directory, name)));
        }
    }
}
