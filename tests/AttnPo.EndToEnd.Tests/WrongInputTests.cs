using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>What the engine cannot take is told in one line, before anything is written.</summary>
public sealed class WrongInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData("too long")]
    public async Task A_prompt_that_the_model_cannot_take_ends_with_1(string prompt)
    {
        var text = prompt.Length == 0 ? "" : string.Concat(Enumerable.Repeat(prompt, 2000));
        var (code, _, error) = await Executable.RunAsync("generate", "--model", "tiny-reasoner", "--prompt", text);
        Assert.Equal(1, code);
        Assert.StartsWith("attnpo: generate: the prompt ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heads_that_the_model_has_not_end_a_run_with_2_and_leave_no_directory()
    {
        using var folder = new RunFolder();
        var (code, _, error) = await Executable.RunAsync(folder.Train(1, "credit.heads=99:0"));
        Assert.Equal(2, code);
        Assert.Contains("--set: credit.heads: head 99:0", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Path));
    }
}
