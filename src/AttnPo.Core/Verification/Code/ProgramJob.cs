namespace AttnPo.Core.Verification.Code;

/// <summary>A program and what is done with it, as harness.py takes it.</summary>
/// <param name="Mode">One of harness.py's modes.</param>
/// <param name="Program">Its text.</param>
/// <param name="Test">Arguments of a function, or assertions; empty for a whole program.</param>
/// <param name="Input">Its standard input.</param>
/// <param name="Function">Name of the function that is called; empty where none is.</param>
internal sealed record ProgramJob(string Mode, string Program, string Test, string Input, string Function)
{
    /// <summary>A whole program with standard input; the run's output is its standard output.</summary>
    public static ProgramJob Whole(string program, string input) => new("program", program, "", input, "");

    /// <summary>
    /// A function, or a method of a class Solution, called with a JSON value a line; the run's output is its result as JSON.
    /// </summary>
    public static ProgramJob Call(string program, string function, string arguments) => new("function", program, arguments, "", function);

    /// <summary>
    /// Python statements run after the program, in its names; the run's output is the SHA-256 of the secret if none throws.
    /// </summary>
    public static ProgramJob Assert(string program, string assertions, string secret) => new("assertions", program, assertions, secret, "");
}
