using System.Diagnostics;
using Xunit;

namespace AttnPo.Gpu.Tests;

/// <summary>The reference implementation, run live where it lies beside the clone and Python has what it needs.</summary>
internal sealed class ReferencePeer
{
    private readonly string _program;

    private ReferencePeer(string program)
    {
        _program = program;
    }

    /// <summary>Skips the test, with the reason, where the reference cannot run.</summary>
    public static ReferencePeer Require()
    {
        var program = Find("shared/peers/qwen2_ref.py");
        Skip.If(program is null, "the reference implementation is not beside this clone");
        Skip.If(Output("-c", "import torch, numpy") is null, "python3 with torch is not installed");
        return new ReferencePeer(program!);
    }

    /// <summary>Runs a command of the reference and answers what it prints.</summary>
    public string Run(params string[] arguments)
    {
        var output = Output([_program, .. arguments]);
        Assert.True(output is not null, $"the reference failed: {string.Join(' ', arguments)}");
        return output;
    }

    private static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, path);
            if (File.Exists(candidate)) return candidate;
        }
        return null;
    }

    /// <summary>The system's own Python first: it is the one that Debian's python3-torch belongs to. Null: it failed.</summary>
    private static string? Output(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
