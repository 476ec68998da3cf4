using AttnPo.Core.Data.Questions;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Data.Questions;

public sealed class FieldMapTests
{
    [Fact]
    public void Members_that_are_named_stand_above_a_form_that_would_be_recognised()
    {
        var row = QuestionRows.One("{\"question\":\"a\",\"gold\":\"2\",\"q\":\"b\",\"a\":3,\"set\":\"s\"}", new("q", "a", Source: "set"));
        Assert.Equal(("b", new Gold("3"), "s"), (row.Question(), row.Gold, row.Source));
    }

    [Fact]
    public void Dots_lead_into_objects_where_no_member_has_them_in_its_name()
    {
        var row = QuestionRows.One("{\"a.b\":\"q\",\"meta\":{\"key\":{\"x\":\"2\"}}}", new("a.b", "meta.key.x"));
        Assert.Equal(("q", "2"), (row.Question(), row.Gold.Text));
        Assert.Contains("\"y\" is missing", QuestionRows.Fault(new("a.b", "meta.key.y"), "{\"a.b\":\"q\",\"meta\":{\"key\":{}}}"), StringComparison.Ordinal);
        Assert.Contains("\"meta\" is not an object", QuestionRows.Fault(new("a.b", "meta.key"), "{\"a.b\":\"q\",\"meta\":3}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_choices_and_tests_may_be_named()
    {
        Assert.Equal("b", QuestionRows.One("{\"chat\":[{\"role\":\"user\",\"content\":\"b\"}],\"a\":\"2\"}", new("chat", "a")).Question());
        var choice = QuestionRows.One("{\"q\":\"Which?\",\"a\":1,\"options\":[\"x\",\"y\"]}", new("q", "a", AnswerKind.Choice, "options"));
        Assert.Equal(new Gold("B", AnswerKind.Choice), choice.Gold);
        Assert.Contains("B. y", choice.Question(), StringComparison.Ordinal);
        Assert.Equal("Which?", QuestionRows.One("{\"q\":\"Which?\",\"a\":\"D\"}", new("q", "a", AnswerKind.Choice)).Question());
        var code = QuestionRows.One("{\"q\":\"Add.\",\"t\":{\"functional\":\"assert True\"}}", new("q", "t", AnswerKind.Code));
        const string tests = "{\"tests\":[{\"type\":\"assertions\",\"code\":\"assert True\"}]}";
        Assert.Equal(new Gold(tests, AnswerKind.Code), code.Gold);
        Assert.Equal(code.Gold, QuestionRows.One($"{{\"q\":\"Add.\",\"t\":{tests}}}", new("q", "t", AnswerKind.Code)).Gold);
    }

    [Theory]
    [InlineData("question=q", "expected both question and gold")]
    [InlineData("question=q gold=a kind=essay", "kind \"essay\" is none of math, choice, code")]
    [InlineData("question=q gold=a choices=c", "choices goes with kind=choice")]
    [InlineData("question=q gold=a answer=b", "\"answer\" is none of question, gold, kind, choices, source")]
    public void A_wrong_map_says_what_was_expected(string names, string fault)
    {
        var (map, problem) = FieldMap.Of(names.Split(' ').Select(name => name.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]));
        Assert.Equal((null, fault), (map, problem));
    }
}
