using AttnPo.Core.Verification;
using AttnPo.Core.Verification.Code;
using Xunit;

namespace AttnPo.Core.Tests.Data.Questions;

public sealed class RowFormTests
{
    [Theory]
    [InlineData("{\"question\":\"1+1?\",\"gold\":\"2\"}", "1+1?", "2")]
    [InlineData("{\"question\":\"1+1?\",\"answer\":\"One and one, #### no.\\n#### 1,002\"}", "1+1?", "1,002")]
    [InlineData("{\"problem\":\"1+1?\",\"answer\":2}", "1+1?", "2")]
    [InlineData("{\"problem\":\"1+1?\",\"question\":\"1+1?\",\"answer\":27.0}", "1+1?", "27.0")]
    [InlineData("{\"question\":\"1+1?\",\"answer\":[\"3\",\"-3\"]}", "1+1?", "3")]
    [InlineData("{\"problem\":\"1+1?\",\"expected_answer\":\"2\",\"answer\":\"3\"}", "1+1?", "2")]
    [InlineData("{\"problem\":\"1+1?\",\"solution\":\"\\\\boxed{1} and so \\\\boxed{\\\\frac{4}{2}}.\"}", "1+1?", "\\frac{4}{2}")]
    [InlineData("{\"question\":\"1+1?\",\"final_answer\":[\"$69$\",\"$84$\"],\"is_multiple_answer\":true}", "1+1?", "$69$, $84$")]
    [InlineData("{\"prompt\":[{\"role\":\"user\",\"content\":\"1+1?\"}],\"reward_model\":{\"ground_truth\":\"2\"}}", "1+1?", "2")]
    public void A_known_form_is_recognised_by_its_members(string row, string question, string gold)
    {
        var read = QuestionRows.One(row);
        Assert.Equal((question, new Gold(gold)), (read.Question(), read.Gold));
    }

    [Fact]
    public void What_the_row_says_of_itself_is_kept()
    {
        var row = QuestionRows.One(
            "{\"data_source\":\"2_amc\",\"prompt\":[{\"role\":\"user\",\"content\":\"a\"}],\"ability\":\"math\","
            + "\"reward_model\":{\"ground_truth\":\"2\"},\"extra_info\":{\"index\":7}}");
        Assert.Equal(("2_amc", "7", "in.jsonl:1", 1L), (row.Source, row.Id, row.Place, row.Number));
        Assert.Equal("test/1.json", QuestionRows.One("{\"problem\":\"a\",\"answer\":\"2\",\"unique_id\":\"test/1.json\"}").Id);
    }

    [Theory]
    [InlineData("2", "C")]
    [InlineData("\"B\"", "B")]
    public void Choices_are_asked_with_letters_and_judged_by_theirs(string answer, string letter)
    {
        var row = QuestionRows.One($"{{\"question\":\"Which?\",\"choices\":[\"one\",\"two\",\"three\"],\"answer\":{answer}}}");
        Assert.Equal(new Gold(letter, AnswerKind.Choice), row.Gold);
        Assert.Contains("Which?\n\nA. one\nB. two\nC. three\n", row.Question(), StringComparison.Ordinal);
        Assert.Contains(@"\boxed{}", row.Question(), StringComparison.Ordinal);
    }

    [Fact]
    public void Choices_that_stand_in_the_question_are_left_where_they_are()
    {
        var row = QuestionRows.One("{\"index\":0,\"id\":\"q\",\"question\":\"Which?\\nA) one\\nB) two\",\"solution\":\"...\",\"answer\":\"B\"}");
        Assert.Equal(new Gold("B", AnswerKind.Choice), row.Gold);
        Assert.StartsWith("Which?\nA) one\nB) two\n\n", row.Question(), StringComparison.Ordinal);
        // A letter may be the answer of a mathematical question.
        Assert.Equal(AnswerKind.Math, QuestionRows.One("{\"question\":\"Name it.\",\"solution\":\"\",\"answer\":\"B\"}").Gold.Kind);
    }

    [Fact]
    public void The_right_one_of_choices_that_are_told_apart_has_a_place_that_depends_on_the_text_alone()
    {
        static string Row(int i) =>
            $"{{\"Question\":\"Q{i}\",\"Correct Answer\":\"right\",\"Incorrect Answer 1\":\"x\",\"Incorrect Answer 2\":\"y\",\"Incorrect Answer 3\":\"z\"}}";
        var rows = QuestionRows.Parse(null, [.. Enumerable.Range(0, 40).Select(Row)]);
        Assert.Equal(["A", "B", "C", "D"], rows.Select(row => row.Gold.Text).Distinct().Order());
        Assert.All(rows, row => Assert.Contains($"\n{row.Gold.Text}. right\n", row.Question(), StringComparison.Ordinal));
        Assert.Equal(rows[7].Question(), QuestionRows.One(Row(7)).Question());
    }

    [Theory]
    [InlineData("{\"question_content\":\"Add.\",\"public_test_cases\":\"[{\\\"input\\\":\\\"1 1\\\",\\\"output\\\":\\\"2\\\",\\\"testtype\\\":\\\"stdin\\\"}]\",\"private_test_cases\":[{\"input\":\"2 2\",\"output\":\"4\"}]}",
        "{\"tests\":[{\"type\":\"program\",\"input\":\"1 1\",\"output\":\"2\"},{\"type\":\"program\",\"input\":\"2 2\",\"output\":\"4\"}]}")]
    [InlineData("{\"question_content\":\"Add.\",\"starter_code\":\"def add(a, b):\",\"metadata\":\"{\\\"func_name\\\":\\\"add\\\"}\",\"public_test_cases\":[{\"input\":\"1\\n1\",\"output\":\"2\",\"testtype\":\"functional\"}]}",
        "{\"tests\":[{\"type\":\"function\",\"function\":\"add\",\"arguments\":\"1\\n1\",\"result\":\"2\"}]}")]
    [InlineData("{\"problem\":\"Add.\",\"tests\":[{\"input\":\"1 1\",\"output\":\"2\"}]}",
        "{\"tests\":[{\"type\":\"program\",\"input\":\"1 1\",\"output\":\"2\"}]}")]
    [InlineData("{\"problem\":\"Add.\",\"tests\":{\"functional\":\"assert add(1, 1) == 2\"}}", 
        "{\"tests\":[{\"type\":\"assertions\",\"code\":\"assert add(1, 1) == 2\"}]}")]
    public void A_programming_task_is_judged_by_its_tests(string row, string tests)
    {
        var read = QuestionRows.One(row);
        Assert.Equal(AnswerKind.Code, read.Gold.Kind);
        Assert.Equal(tests, read.Gold.Text);
        Assert.NotEmpty(CodeTests.Parse(read.Gold.Text).Tests);
        Assert.StartsWith("Add.", read.Question(), StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_tests_are_unpacked_without_running_what_is_in_the_package()
    {
        // base64(zlib(pickle.dumps(json))) of Python 3, protocols 4 and 2.
        foreach (var packed in (string[])
            [
                "eJxrYJlqxQABPWbR1UqZeQWlJUpWCkqGCoZKOgpK+aUlUAEjELcktbikpLIgFSRQXJKSmadUGztFDwBUexL/",
                "eJxrYIowY2BgiK5WyswrKC1RslJQMlQwVNJRUMovLYEKGIG4JanFJSWVBakggeKSlMw8pdrYQgY9ACIzEdc=",
            ])
            Assert.Equal([new ProgramTest("1 1", "2")], CodeTests.Parse(QuestionRows.One(Task(packed)).Gold.Text).Tests);
        // pickle of a call of os.system.
        const string Program = "eJxrYEnOL+YqriwuSc3l0ohgYmBgyCkuCdIDAFy9Btg=";
        Assert.Contains("holds a pickle of something else", Fault(Program), StringComparison.Ordinal);
        Assert.Contains("neither a list of tests nor one that is packed", Fault("rubbish"), StringComparison.Ordinal);

        static string Fault(string text) => QuestionRows.Fault(null, Task(text));
        static string Task(string text) => $"{{\"question_content\":\"Add.\",\"private_test_cases\":\"{text}\"}}";
    }

    [Theory]
    [InlineData("{\"a\":1,\"b\":null,\"c\":2}", "no known form has the members \"a\", \"c\"; name those of question and gold")]
    [InlineData("{}", "no known form has the members (none)")]
    [InlineData("{\"question\":\"a\",\"choices\":[\"x\",\"y\"],\"answer\":2}", "\"answer\": 2 is no index of 2 choices; expected 0 to 1")]
    [InlineData("{\"question\":\"a\",\"choices\":[\"x\",\"y\"],\"answer\":\"C\"}", "\"answer\": \"C\" is no letter of 2 choices; expected A to B")]
    [InlineData("{\"question\":\"a\",\"choices\":[\"x\",\" \"],\"answer\":0}", "\"choices\": choice B is empty")]
    [InlineData("{\"question\":\"a\",\"choices\":[\"x\"],\"answer\":0}", "\"choices\": 1 choices; expected 2 to 26")]
    [InlineData("{\"problem\":\"a\",\"solution\":\"so it is 2\"}", "\"solution\" boxes no answer")]
    [InlineData("{\"problem\":\"a\",\"answer\":\" \"}", "\"answer\" holds no answer")]
    [InlineData("{\"problem\":\"a\",\"answer\":[]}", "\"answer\" holds no answer")]
    [InlineData("{\"question\":\"a\",\"answer\":\"so #### \"}", "\"answer\" holds no answer")]
    [InlineData("{\"problem\":\"a\",\"tests\":[]}", "there are 0 tests; expected 1 to 1000")]
    [InlineData("{\"problem\":\"a\",\"tests\":[{\"input\":\"1\"}]}", "\"tests\": test 1 is no {\"input\",\"output\"} of texts")]
    [InlineData("{\"problem\":\"a\",\"tests\":[{\"input\":\"\\ud800\",\"output\":\"\"}]}", "\"tests\": the tests hold a text that is not valid Unicode")]
    [InlineData("{\"problem\":\"a\",\"tests\":{\"functional\":\"\"}}", "test 1: the code is empty")]
    [InlineData("{\"question_content\":\"a\",\"public_test_cases\":\"[{\"}", "\"public_test_cases\": the tests are a text that holds no JSON list")]
    [InlineData("{\"question_content\":\"a\",\"public_test_cases\":[{\"input\":\"\",\"output\":\"1\",\"testtype\":\"functional\"}]}",
        "\"public_test_cases\": test 1 is functional, and the row names no function")]
    [InlineData("{\"public_test_cases\":[]}", "the statement, \"question_content\", is missing")]
    [InlineData("{\"prompt\":[{\"role\":\"user\",\"content\":\"a\"}],\"ability\":\"code\",\"reward_model\":{\"ground_truth\":\"2\"}}", "\"ability\" is \"code\"")]
    [InlineData("{\"prompt\":\"a\",\"reward_model\":{\"ground_truth\":\"2\"}}", "\"prompt\" is not a list of objects")]
    public void A_row_that_is_no_question_says_why(string row, string reason) =>
        Assert.StartsWith($"in.jsonl:1: {reason}", QuestionRows.Fault(null, row), StringComparison.Ordinal);

    [Fact]
    public void A_file_of_mixed_forms_names_the_row()
    {
        Assert.Equal(
            "in.jsonl:3: the row is of the form gsm8k, and the file's first of attnpo: put them in files of their own",
            QuestionRows.Fault(null, "{\"question\":\"a\",\"gold\":\"2\"}", "{\"prompt\":\"a\",\"gold\":\"2\"}", "{\"question\":\"a\",\"answer\":\"#### 2\"}"));
        Assert.Equal("in.jsonl:2: \"gold\" is missing", QuestionRows.Fault(null, "{\"question\":\"a\",\"gold\":\"2\"}", "{\"question\":\"a\"}"));
    }
}
