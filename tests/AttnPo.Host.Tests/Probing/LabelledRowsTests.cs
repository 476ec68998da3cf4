using System.Text.Json;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using AttnPo.Host.Rows;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class LabelledRowsTests : IDisposable
{
    // Two astral characters in front: code points and UTF-16 indices part. The check begins at code point 12 and ends at 25.
    private const string Response = "😀😀\nb is 7. \nWait, b is 7.</think>\n\\boxed{7}";

    private readonly TemporaryFolder _folder = new();
    private readonly ModelFolder _model;
    private BadRows _bad = new(null);
    private int _wrong;

    public LabelledRowsTests()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        var shape = new ModelConfig(32, 64, Layers: 2, Heads: 4, KeyValueHeads: 2, 8, VocabularySize: 512, 256, 1e-6, 10000, true);
        File.WriteAllText(_folder.File("config.json"), shape.ToJson());
        _model = ModelFolder.Open(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<LabelledResponse> Read(bool? skipBad, params string[] rows)
    {
        File.WriteAllLines(_folder.File("in.jsonl"), rows);
        var reader = new ResponseReader(_model.Tokenizer, PhraseTable.Official, new SegmentationSettings(8), new MathVerifier(new ExactGrader()));
        var labelled = new LabelledRows(_model, new PromptRendering(_model, "plain"), reader);
        try
        {
            return labelled.Read(_folder.File("in.jsonl"), _bad = new(skipBad));
        }
        finally
        {
            _wrong = labelled.Wrong;
        }
    }

    private string ErrorOf(string row) => Assert.Throws<WorkFailedException>(() => Read(null, row)).Message;

    private static string Row(object? steps = null, string response = Response, string id = "r", object? gold = null) => JsonSerializer.Serialize(
        new { id, prompt = "a=7; ?a", response, steps, gold });

    private static readonly object[] Steps =
        [new { start = 0, end = 11, label = "essential" }, new { start = 12, end = 25, label = "redundant" }];

    private static string TextOf(LabelledResponse response, int step) => response.Text[response.Steps[step].Start..response.Steps[step].End];

    [Fact]
    public void Steps_are_ranges_of_code_points()
    {
        var response = Read(null, Row(Steps))[0];
        Assert.Equal("😀😀\nb is 7. ", TextOf(response, 0));
        Assert.Equal("Wait, b is 7.", TextOf(response, 1));
        Assert.Equal([StepLabel.Essential, StepLabel.Redundant], response.Labels);
        // The line end between them counts for the step in front of it, as everywhere.
        Assert.Equal(response.Spans[0].End, response.Spans[1].Start);
        Assert.Equal("Wait, b is 7.", _model.Tokenizer.Decode(response.Response[response.Spans[1].Start..response.Spans[1].End]).Text);
        Assert.Equal("\n\\boxed{7}", _model.Tokenizer.Decode(response.Response[(response.ThinkEnd + 1)..]).Text);
    }

    [Fact]
    public void A_written_row_is_read_back_as_it_was()
    {
        var first = Read(null, Row(Steps, gold: "7"))[0];
        var line = RowWriter.Line(json => new LabelledRowWriter(_model.Tokenizer.Encode).Write(
            json, first, new(first.Labels, "given", [0.25, 0.5], [0.1, double.PositiveInfinity])));
        using (var row = JsonDocument.Parse(line))
        {
            Assert.False(row.RootElement.TryGetProperty("prompt_ids", out _));
            Assert.Equal("given", row.RootElement.GetProperty("labelled_by").GetString());
            var step = row.RootElement.GetProperty("steps")[1];
            Assert.Equal((12, 25, 0.5), (step.GetProperty("start").GetInt32(), step.GetProperty("end").GetInt32(), step.GetProperty("score").GetDouble()));
            Assert.Equal(JsonValueKind.Null, step.GetProperty("drop").ValueKind);
        }

        var second = Read(null, line)[0];
        Assert.Equal(
            (first.Id, first.PromptText, first.Text, first.ThinkEnd, first.Gold), (second.Id, second.PromptText, second.Text, second.ThinkEnd, second.Gold));
        Assert.Equal(first.Prompt, second.Prompt);
        Assert.Equal(first.Response, second.Response);
        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Spans, second.Spans);
        Assert.Equal(first.Labels, second.Labels);
    }

    [Fact]
    public void Tokens_that_were_sampled_are_taken_as_they_are()
    {
        // A character a token, which no tokenizer would choose.
        int[] ids = [.. Response[5..].SelectMany(c => _model.Tokenizer.Encode(c.ToString()))];
        var text = _model.Tokenizer.Decode(ids).Text;
        Assert.NotEqual(ids, _model.Tokenizer.Encode(text));
        var response = Read(null, JsonSerializer.Serialize(new { id = 5, prompt_ids = new[] { 3, 4 }, response = text, response_ids = ids }))[0];
        Assert.Equal(ids, response.Response);
        Assert.Equal([3, 4], response.Prompt);
        Assert.Equal("5", response.Id);
        Assert.Contains("\"prompt_ids\":[3,4]", RowWriter.Line(
            json => new LabelledRowWriter(_ => []).Write(json, response, StepFindings.None)), StringComparison.Ordinal);
        // A closing tag in several tokens: the steps end before its first, the answer begins after its last.
        Assert.Equal("</think>", _model.Tokenizer.Decode(ids[response.Spans[^1].End..(response.ThinkEnd + 1)]).Text);
    }

    [Fact]
    public void Without_steps_the_reasoning_is_cut_by_the_settings_and_has_no_label()
    {
        var response = Read(null, Row())[0];
        Assert.Equal(2, response.Steps.Count);
        Assert.Equal("Wait, b is 7.", TextOf(response, 1));
        Assert.Empty(response.Labels);
    }

    [Fact]
    public void Steps_without_any_label_are_kept_and_unlabelled()
    {
        var response = Read(null, Row(new object[] { new { start = 0, end = 25, label = (string?)null } }))[0];
        Assert.Single(response.Steps);
        Assert.Empty(response.Labels);
    }

    [Theory]
    [InlineData("{\"question\":\"?a\"")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"?a\"}]")]
    public void A_question_is_written_down_with_the_template(string front) =>
        Assert.Contains("?a", Read(null, front + ",\"id\":1," + Row()[1..].Replace("\"id\":\"r\",\"prompt\":\"a=7; ?a\",", ""))[0].PromptText, StringComparison.Ordinal);

    [Fact]
    public void A_response_that_is_wrong_by_its_gold_answer_is_left_out_and_counted()
    {
        Assert.Equal(["b"], Read(null, Row(Steps, id: "a", gold: "8"), Row(Steps, id: "b", gold: 7)).Select(response => response.Id));
        Assert.Equal(1, _wrong);
    }

    [Theory]
    [InlineData("\"steps\":[{\"start\":0,\"end\":0}]", "step 0: [0, 0) is empty or does not lie before </think>")]
    [InlineData("\"steps\":[{\"start\":0,\"end\":26}]", "does not lie before </think>")]
    [InlineData("\"steps\":[{\"start\":-1,\"end\":5}]", "step 0: [-1, 5)")]
    [InlineData("\"steps\":[{\"start\":0,\"end\":2000000000}]", "does not lie before </think>")]
    [InlineData("\"steps\":[{\"start\":0,\"end\":12},{\"start\":11,\"end\":25}]", "begins before the step in front of it ends")]
    [InlineData("\"steps\":[{\"start\":0,\"end\":5},{\"start\":12,\"end\":25}]", "leave out text in front of step 1")]
    [InlineData("\"steps\":[{\"start\":0,\"end\":11}]", "leave out text in front of step 1")]
    [InlineData("\"steps\":[{\"start\":0,\"end\":25,\"label\":\"good\"}]", "\"label\" good is none of essential, redundant, null")]
    [InlineData("\"steps\":[{\"start\":0.5,\"end\":25}]", "\"start\" holds something that is not a whole number")]
    [InlineData("\"steps\":[[0,25]]", "\"steps\" is not a list of objects")]
    [InlineData("\"steps\":[]", "the steps leave out text in front of step 0")]
    [InlineData("\"steps\":[{\"start\":0,\"end\":1},{\"start\":1,\"end\":25}]", null)]
    [InlineData("\"prompt_ids\":[9999]", "the prompt holds token id 9999")]
    [InlineData("\"prompt_ids\":[3]", "\"prompt_ids\" decode to another text than the row's prompt")]
    [InlineData("\"response_ids\":[3]", "\"response_ids\" decode to another text than \"response\"")]
    [InlineData("\"response_ids\":[-1]", "\"response_ids\" holds token id -1")]
    [InlineData("\"gold\":\"7\",\"kind\":\"essay\"", "\"kind\" essay is none of math, choice, code")]
    [InlineData("\"question\":\"b\"", "expected one of \"prompt\", \"question\" and \"messages\"")]
    public void What_is_wrong_with_a_row_is_told_with_its_place(string members, string? expected)
    {
        var row = Row().Replace("\"steps\":null,\"gold\":null", members);
        if (expected is null)
        {
            Assert.Equal(2, Read(null, row)[0].Steps.Count);
            return;
        }
        var error = ErrorOf(row);
        Assert.Contains("in.jsonl:1: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b is 7. \\boxed{7}", "must hold </think> exactly once")]
    [InlineData("b</think>c</think>\\boxed{7}", "must hold </think> exactly once")]
    [InlineData("<think>b</think>\\boxed{7}", "no <think>")]
    [InlineData("b is 7.</think>", "nothing follows </think>")]
    [InlineData("</think>\\boxed{7}", "there is no step of reasoning")]
    [InlineData("", "\"response\" is empty")]
    public void A_response_that_cannot_be_probed_is_refused(string response, string expected) =>
        Assert.Contains(expected, ErrorOf(Row(response: response)), StringComparison.Ordinal);

    [Fact]
    public void A_response_longer_than_the_model_takes_is_refused() => Assert.Contains(
        "tokens; the model takes 256", ErrorOf(Row(response: string.Concat(Enumerable.Repeat("b is 7. ", 200)) + "</think>7")), StringComparison.Ordinal);

    [Fact]
    public void Steps_that_begin_in_one_token_are_refused()
    {
        // "is" is one token of the task's vocabulary, so a step that begins inside it has its token taken by the next one.
        var at = Response.EnumerateRunes().TakeWhile(rune => rune.Value != 'i').Count();
        Assert.Contains("has no token of its own", ErrorOf(Row(new object[]
        {
            new { start = 0, end = at }, new { start = at, end = at + 1 }, new { start = at + 1, end = 25 },
        })), StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_rows_are_counted_and_left_out_where_that_was_asked_for()
    {
        Assert.Equal(["a", "c"], Read(true, Row(id: "a"), "{", Row(id: "a"), Row(response: "b", id: "d"), Row(id: "c")).Select(response => response.Id));
        Assert.Equal(3, _bad.Skipped);
        Assert.Contains("in.jsonl:2: not JSON", _bad.First, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_rows_of_one_id_are_refused() => Assert.Contains(
        "in.jsonl:2: \"id\" a stands at",
        Assert.Throws<WorkFailedException>(() => Read(null, Row(id: "a"), Row(id: "a"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_row_of_a_question_is_told_where_it_belongs() =>
        Assert.Contains("questions go with --collect N", ErrorOf("{\"question\":\"1+1?\",\"gold\":\"2\"}"), StringComparison.Ordinal);

    [Fact]
    public void A_file_without_responses_is_refused() =>
        Assert.Contains("no response to probe, 1 are wrong", ErrorOf(Row(gold: "8")), StringComparison.Ordinal);
}
