using System.CommandLine;
using AttnPo.Host.Training;

namespace AttnPo.Host.Commands;

/// <summary>RUN: the directory of a run that is there.</summary>
internal static class RunArgument
{
    /// <summary>The argument.</summary>
    public static Argument<string> Create() => new("RUN") { Description = "Run directory." };

    /// <summary>Its value.</summary>
    /// <exception cref="WorkFailedException">The directory holds no run.</exception>
    public static string RequiredRun(this ParseResult parsed, Argument<string> run)
    {
        var directory = parsed.GetRequiredValue(run);
        return RunFolderSettings.HoldsRun(directory)
            ? directory
            : throw new WorkFailedException($"{directory}: holds no run; name the directory that attnpo train wrote");
    }
}
