using AttnPo.Core.Verification.Code;
using Xunit;

namespace AttnPo.Core.Tests.Verification.Code;

public class CodeFenceTests
{
    [Theory]
    [InlineData("```python\na\n```", "a\n")]
    [InlineData("```py\na\n```\nThat is it.", "a\n")]
    [InlineData("```Python3\na\n```", "a\n")]
    [InlineData("```\na\n```", "a\n")]
    [InlineData("~~~python\na\n~~~", "a\n")]
    [InlineData("``` python title=\"x\"\r\na\r\nb\r\n```\r\n", "a\nb\n")]
    [InlineData("````python\n```\n````", "```\n")]
    [InlineData("```python\n~~~\na\n```", "~~~\na\n")]
    [InlineData("```python\na\n```\n```python\nb\n```", "b\n")]
    [InlineData("```python\na\n```\nIt prints\n```text\nb\n```", "a\n")]
    [InlineData("```python\na\n```\n```cpp\nb\n```", "a\n")]
    [InlineData("1. Here:\n   ```python\n   if a:\n     b\n\n c\n   ```", "if a:\n  b\n\nc\n")]
    [InlineData("```python\n    a\n```", "    a\n")]
    [InlineData("```python\n```", "\n")]
    [InlineData("```python\nfirst\n```\n```python\nnever closed", "first\n")]
    public void The_last_closed_block_of_Python_is_the_program(string text, string program) =>
        Assert.Equal(program, CodeFence.LastProgram(text));

    [Theory]
    [InlineData("")]
    [InlineData("print(1)")]
    [InlineData("`print(1)`")]
    [InlineData("```print(1)```")]
    [InlineData("``python\na\n``")]
    [InlineData("```python\na")]
    [InlineData("```python\na\n~~~")]
    [InlineData("````python\na\n```")]
    [InlineData("```cpp\na\n```")]
    [InlineData("```text\n```python\na\n```")]
    public void Anything_else_is_none(string text) => Assert.Null(CodeFence.LastProgram(text));
}
