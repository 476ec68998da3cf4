using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Code;

/// <summary>What stands around Python.</summary>
/// <param name="Name">For people.</param>
/// <param name="Front">The command that runs another in it, up to what depends on limits; empty: none.</param>
/// <param name="IsIsolated">Whether it keeps a program from the machine.</param>
/// <param name="HasDisk">Whether there is a folder to write to, of a bounded size.</param>
/// <param name="Remedy">What may help where it does not work.</param>
internal sealed record Enclosure(string Name, IReadOnlyList<string> Front, bool IsIsolated, bool HasDisk = false, string Remedy = "")
{
    /// <summary>
    /// All that Python finds in its environment: texts are UTF-8, sets have the same order each time, and numerical libraries start no
    /// threads, which are counted as processes.
    /// </summary>
    public static readonly IReadOnlyList<(string Name, string Value)> Environment =
    [
        ("LANG", "C.UTF-8"), ("PYTHONHASHSEED", "0"), ("PYTHONDONTWRITEBYTECODE", "1"),
        ("OPENBLAS_NUM_THREADS", "1"), ("OMP_NUM_THREADS", "1"),
    ];

    /// <summary>The whole command, for another to follow.</summary>
    public IEnumerable<string> Command(SandboxLimits limits)
    {
        if (!IsIsolated) return [];
        string[] disk = HasDisk ? ["--size", $"{limits.Disk}", "--tmpfs", "/tmp"] : ["--dir", "/tmp"];
        return [.. Front, .. disk, "--chdir", "/tmp", "--remount-ro", "/", "--"];
    }
}

/// <summary>bubblewrap as it is installed, with the options that its version knows.</summary>
internal static class Bubblewrap
{
    // Any user without rights would do; inside, all users but this one are unknown.
    private const string Nobody = "65534";

    private const string UserNamespaces =
        "It needs user namespaces: user.max_user_namespaces above 0, kernel.unprivileged_userns_clone = 1 where there is that key, "
        + "on Ubuntu kernel.apparmor_restrict_unprivileged_userns = 0 or an AppArmor profile for it, "
        + "in a container a seccomp profile that allows them.";

    /// <summary>The ways to run it, the strictest first.</summary>
    /// <exception cref="SandboxException">It is not installed.</exception>
    public static IEnumerable<Enclosure> Find()
    {
        if (!OperatingSystem.IsLinux()) yield break;
        var program = SystemProgram.Find("bwrap")
            ?? throw new SandboxException(
                "bubblewrap is not installed, and without isolation no program is run that a policy wrote: install it (Debian, Ubuntu: "
                + "apt-get install bubblewrap).");
        var (name, help) = (Ask(program, "--version").Trim(), Ask(program, "--help"));
        // A folder in memory whose size cannot be bounded (before 0.7) would take the machine's: then there is none to write to.
        var hasDisk = OptionOf("--size").IsMatch(help);
        var front = Lowered().Append(program);
        // In a user namespace of its own a program would have every right over it, and mount such a folder.
        if (OptionOf("--disable-userns").IsMatch(help)) yield return Way(["--disable-userns"]);
        yield return Way([]);

        Enclosure Way(string[] more) =>
            new(name, [.. front, .. Namespaces, .. more, .. Files()], IsIsolated: true, hasDisk, UserNamespaces);
    }

    // Root is bound by no limit on processes, in a user namespace neither: it runs bubblewrap as nobody. Where memory runs out, the
    // system is to choose a program first.
    private static IEnumerable<string> Lowered()
    {
        if (SystemProgram.Find("choom") is { } choom)
            foreach (var part in (string[])[choom, "-n", "1000", "--"]) yield return part;
        if (!Environment.IsPrivilegedProcess) yield break;
        var setpriv = SystemProgram.Find("setpriv")
            ?? throw new SandboxException("There is no setpriv, by which root runs programs as nobody: install util-linux.");
        foreach (var part in (string[])[setpriv, $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--"]) yield return part;
    }

    private static readonly string[] Namespaces =
    [
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--uid", Nobody, "--gid", Nobody, "--hostname", "sandbox",
    ];

    /// <summary>
    /// Programs, libraries and devices, read-only. Of /etc only what finds libraries; no /proc, which tells of the machine and cannot be
    /// mounted in many containers.
    /// </summary>
    private static IEnumerable<string> Files()
    {
        List<string> files = ["--ro-bind", "/usr", "/usr"];
        foreach (var folder in (string[])["/bin", "/lib", "/lib32", "/lib64"])
        {
            var info = new DirectoryInfo(folder);
            if (info.LinkTarget is { } target) files.AddRange(["--symlink", target, folder]);
            else if (info.Exists) files.AddRange(["--ro-bind", folder, folder]);
        }
        foreach (var linker in (string[])["/etc/alternatives", "/etc/ld.so.cache"]) files.AddRange(["--ro-bind-try", linker, linker]);
        return [.. files, "--dev", "/dev", "--remount-ro", "/dev"];
    }

    private static string Ask(string program, string question)
    {
        var ended = LimitedProcess.Run(
            new ProcessStartInfo(program, [question]), [], [], TimeSpan.FromSeconds(20), 1 << 16, isGroup: false);
        return Encoding.UTF8.GetString([.. ended.Output, .. ended.Error]);
    }

    private static Regex OptionOf(string name) => new($@"^\s*{name}\b", RegexOptions.Multiline | RegexOptions.CultureInvariant);
}

/// <summary>Programs of the system.</summary>
internal static class SystemProgram
{
    /// <summary>
    /// The path of a program under /usr, which alone a sandbox shows; null where it is not there. Not looked for in PATH, which names
    /// folders of users too.
    /// </summary>
    public static string? Find(string name) =>
        new[] { "/usr/local/bin", "/usr/bin" }.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
