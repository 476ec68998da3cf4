using System.Diagnostics;

namespace AttnPo.Tests;

/// <summary>What may lie under a file's name and is no file with content. Linux only.</summary>
internal static class OddFile
{
    /// <summary>The kinds, for a theory.</summary>
    public static readonly string[] Kinds = ["pipe", "endless device", "directory", "empty file", "link to a pipe"];

    /// <summary>Puts one in the place of what lies there.</summary>
    public static void Put(string kind, string path)
    {
        File.Delete(path);
        switch (kind)
        {
            case "pipe":
                using (var made = Process.Start("mkfifo", [path])) made.WaitForExit();
                break;
            case "endless device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "link to a pipe":
                Put("pipe", path + ".pipe");
                File.CreateSymbolicLink(path, Path.GetFileName(path) + ".pipe");
                break;
            case "link to itself":
                File.CreateSymbolicLink(path, Path.GetFileName(path));
                break;
            default:
                File.WriteAllBytes(path, []);
                break;
        }
    }

    /// <summary>Moves a folder's file aside and leaves links in its place, as Hugging Face's cache has them.</summary>
    public static void ReplaceByLinks(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(Path.Combine(folder, "blobs"));
        var name = Path.GetFileName(path);
        File.Move(path, Path.Combine(folder, "blobs", name));
        File.CreateSymbolicLink(path + ".link", Path.Combine("blobs", name));
        File.CreateSymbolicLink(path, Path.Combine(".", Path.GetFileName(path) + ".link"));
    }
}
