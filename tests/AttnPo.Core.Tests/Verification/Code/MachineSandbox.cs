using AttnPo.Core.Verification.Code;
using Xunit;

namespace AttnPo.Core.Tests.Verification.Code;

/// <summary>This machine's sandbox; tests skip where there is none.</summary>
internal static class MachineSandbox
{
    /// <summary>A second of work, little more on the wall.</summary>
    public static readonly SandboxLimits Short = new() { Processor = TimeSpan.FromSeconds(1), Wall = TimeSpan.FromSeconds(1.5) };

    public static Sandbox Require(Isolation isolation = Isolation.Required)
    {
        try
        {
            return Sandbox.Open(isolation);
        }
        catch (SandboxException e)
        {
            Skip.If(true, e.Message);
            throw;
        }
    }

    public static void RequireDisk() => Skip.IfNot(Require().HasDisk, "This bubblewrap cannot bound the size of a folder, so there is none.");

    public static ProgramRun Run(string program, string input = "", SandboxLimits? limits = null, Isolation isolation = Isolation.Required) =>
        Require(isolation).Run(ProgramJob.Whole(program, input), limits ?? new SandboxLimits());
}
