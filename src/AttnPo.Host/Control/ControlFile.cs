using System.Security.Cryptography;
using System.Text.Json;

namespace AttnPo.Host.Control;

/// <summary>
/// control.json in the run directory: where a live run listens and the token it wants. Its owner alone can read it, so whoever
/// can speak to the run is who started it.
/// </summary>
/// <param name="Address">http://127.0.0.1:PORT.</param>
/// <param name="Token">Bearer token, new for every start.</param>
/// <param name="ProcessId">Of the run's process.</param>
internal sealed record ControlFile(string Address, string Token, int ProcessId)
{
    private const string Name = "control.json";

    /// <summary>Says how to reach this process's run.</summary>
    public static ControlFile For(string address) =>
        new(address, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), Environment.ProcessId);

    /// <summary>Writes it whole, unreadable to others from its first byte.</summary>
    public void Write(string runDirectory)
    {
        var path = Path.Combine(runDirectory, Name);
        var aside = $"{path}.{ProcessId}.part";
        File.Delete(aside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(aside, options)) JsonSerializer.Serialize(file, this);
        File.Move(aside, path, overwrite: true);
    }

    /// <summary>Reads it; null where no run is live, or it is not readable as one.</summary>
    public static ControlFile? Read(string runDirectory)
    {
        try
        {
            var path = Path.Combine(runDirectory, Name);
            if (new FileInfo(path).Length > 4096) return null;
            return JsonSerializer.Deserialize<ControlFile>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes it when the run ends.</summary>
    public static void Delete(string runDirectory) => File.Delete(Path.Combine(runDirectory, Name));
}
