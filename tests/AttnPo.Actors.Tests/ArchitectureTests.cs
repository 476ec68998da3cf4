using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace AttnPo.Actors.Tests;

/// <summary>
/// The directions between the projects: Core and Gpu stand alone, the actors touch no tensor, nothing knows the host. Checked twice:
/// what a project file says, and what its compiled assembly refers to.
/// </summary>
public sealed class ArchitectureTests
{
    internal static readonly string Root = FindRoot();

    public static TheoryData<string> Projects() => [.. Directory
        .GetFiles(Root, "*.csproj", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/") && !path.Contains("/bin/"))
        .Select(path => Path.GetRelativePath(Root, path))];

    [Theory]
    [InlineData("AttnPo.Core", "")]
    [InlineData("AttnPo.Gpu", "")]
    [InlineData("AttnPo.Actors", "AttnPo.Core AttnPo.Gpu")]
    public void A_project_references_no_others_than_these(string project, string allowed) =>
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), References(project, "ProjectReference").Order());

    [Theory]
    [InlineData("AttnPo.Core", "Akka")]
    [InlineData("AttnPo.Core", "TorchSharp")]
    [InlineData("AttnPo.Core", "libtorch")]
    [InlineData("AttnPo.Gpu", "Akka")]
    [InlineData("AttnPo.Gpu", "libtorch")]
    [InlineData("AttnPo.Actors", "TorchSharp")]
    [InlineData("AttnPo.Actors", "libtorch")]
    public void A_project_asks_for_no_package_that_is_not_its_business(string project, string package) =>
        Assert.DoesNotContain(References(project, "PackageReference"), name => name.StartsWith(package, StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("AttnPo.Core", "Akka AttnPo TorchSharp")]
    [InlineData("AttnPo.Gpu", "Akka AttnPo")]
    [InlineData("AttnPo.Actors", "TorchSharp attnpo")]
    public void A_compiled_assembly_refers_to_none_of_these(string assembly, string forbidden)
    {
        var names = Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!).ToArray();
        foreach (var prefix in forbidden.Split(' '))
            Assert.DoesNotContain(names, name => name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AttnPo.Core", "Akka")]
    [InlineData("AttnPo.Core", "TorchSharp")]
    [InlineData("AttnPo.Gpu", "Akka")]
    [InlineData("AttnPo.Actors", "TorchSharp")]
    public void No_source_of_a_project_uses_a_namespace_that_is_not_its_business(string project, string space)
    {
        var sources = Directory.GetFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/"));
        Assert.All(sources, path => Assert.DoesNotContain(
            File.ReadLines(path), line => line.StartsWith($"using {space}", StringComparison.Ordinal) || line.StartsWith($"using static {space}", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Only_tests_of_the_host_know_the_host(string project)
    {
        var file = XDocument.Load(Path.Combine(Root, project));
        var toHost = file.Descendants("ProjectReference")
            .Where(reference => ((string)reference.Attribute("Include")!).Contains("AttnPo.Host", StringComparison.Ordinal)).ToArray();
        // They run or test it, and nothing is built upon them.
        if (project.StartsWith("tests/AttnPo.Host.Tests", StringComparison.Ordinal)
            || project.StartsWith("tests/AttnPo.EndToEnd.Tests", StringComparison.Ordinal)
            || project.StartsWith("bench/", StringComparison.Ordinal)) return;
        Assert.Empty(toHost);
    }

    private static IEnumerable<string> References(string project, string kind) =>
        from reference in XDocument.Load(Path.Combine(Root, "src", project, $"{project}.csproj")).Descendants(kind)
        let name = (string)reference.Attribute("Include")!
        select kind == "ProjectReference" ? Path.GetFileNameWithoutExtension(name) : name;

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AttnPo.sln")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("AttnPo.sln lies in no folder above the tests.");
        return directory.FullName;
    }
}
