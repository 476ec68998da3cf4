using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace AttnPo.Gpu.Tests.Build;

/// <summary>What the build property chooses. The CUDA package itself is not restored: it is large, and not on every registry.</summary>
public sealed class DevicePropertyTests
{
    [SkippableFact]
    public void The_processor_is_what_is_built_for_by_default() => AssertPackages("", has: "libtorch-cpu-linux-x64", hasNot: "TorchSharp-cuda-linux");

    [SkippableFact]
    public void The_CUDA_property_takes_the_CUDA_package_in_place_of_the_processor_s() =>
        AssertPackages("-p:AttnPoDevice=cuda", has: "TorchSharp-cuda-linux", hasNot: "libtorch-cpu-linux-x64");

    [Fact]
    public void Another_device_stops_the_build()
    {
        var (code, output) = MsBuild("-p:AttnPoDevice=tpu", "-t:CollectPackageReferences");
        Assert.NotEqual(0, code);
        Assert.Contains("AttnPoDevice is 'tpu'; expected cpu or cuda", output, StringComparison.Ordinal);
    }

    private static void AssertPackages(string property, string has, string hasNot)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the packages of other systems have other names");
        var (code, output) = MsBuild(property, "-getItem:PackageReference");
        Assert.True(code == 0, output);
        using var items = JsonDocument.Parse(output);
        var packages = items.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()).ToArray();
        Assert.Contains(has, packages);
        Assert.DoesNotContain(hasNot, packages);
    }

    private static (int Code, string Output) MsBuild(params string[] arguments)
    {
        var project = Path.Combine(Repository(), "src", "AttnPo.Host", "AttnPo.Host.csproj");
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-nologo", .. arguments.Where(a => a.Length > 0)])
        {
            RedirectStandardOutput = true,
            // A test host hands its own settings of MSBuild on, which would load another one.
            Environment = { ["MSBuildSDKsPath"] = null, ["MSBUILD_EXE_PATH"] = null, ["MSBuildExtensionsPath"] = null },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AttnPo.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
