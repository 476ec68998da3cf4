using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Core.Verification.Code;
using AttnPo.Host.Models;
using Xunit;

namespace AttnPo.Host.Tests.Models;

public sealed class VerifiersTests
{
    [Fact]
    public void Every_kind_of_answer_has_a_verifier()
    {
        var verifiers = Verifiers.Create(new MathSettings(), new CodeSettings(), Isolation.Required);
        const string text = "\\boxed{(B)}\n```python\n1\n```";
        Assert.Equal(["(B)", "B", "1\n"], Enum.GetValues<AnswerKind>().Select(kind => verifiers.Find(text, new Gold("B", kind))));
    }

    [Fact]
    public void The_kinds_of_prompts_are_those_of_the_ones_that_are_used()
    {
        var prompts = new Prompts([new Gold("1"), new Gold("A", AnswerKind.Choice), new Gold("2"), new Gold("", AnswerKind.Code)]);
        Assert.Equal([AnswerKind.Math, AnswerKind.Choice], Verifiers.KindsOf(prompts, 3).Order());
        Assert.Contains(AnswerKind.Code, Verifiers.KindsOf(prompts, 4));
    }

    [Fact]
    public void Only_programs_need_a_sandbox_and_where_there_is_none_the_error_says_what_to_do()
    {
        Verifiers.Require(new HashSet<AnswerKind> { AnswerKind.Math, AnswerKind.Choice }, Isolation.Required, "x = none");
        string? missing = null;
        try
        {
            Sandbox.Open(Isolation.Required);
        }
        catch (SandboxException e)
        {
            missing = e.Message;
        }

        void Require() => Verifiers.Require(new HashSet<AnswerKind> { AnswerKind.Code }, Isolation.Required, "x = none");
        if (missing is null) Require();
        else Assert.Contains(missing, Assert.Throws<WorkFailedException>(Require).Message);
    }

    private sealed class Prompts(IReadOnlyList<Gold> golds) : IPromptSet
    {
        public int Count => golds.Count;

        public Prompt this[int index] => new(index, "?", golds[index]);
    }
}
