using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Probing;

/// <summary>The folder that a probe writes. It may be there already, from an earlier probe: files are replaced one by one.</summary>
internal sealed class ProbeFolder
{
    /// <summary>Responses that were collected, for people to label: a probe reads them and does not write them.</summary>
    public const string ResponsesFile = "responses.jsonl";

    /// <summary>The responses of a probe with its labels and scores.</summary>
    public const string ProbedFile = "probed.jsonl";

    /// <summary>What interventions came to.</summary>
    public const string InterventionFile = "intervention.json";

    // What tells the folder of something else, to which nothing is to be added: of a run, of a model.
    private static readonly string[] Foreign =
        ["settings.conf", "journal.db", "metrics.jsonl", "config.json", "tokenizer.json", "model.safetensors", "model.safetensors.index.json"];

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Takes the folder; it is made when the first file is written.</summary>
    /// <exception cref="WorkFailedException">It is none that a probe may write.</exception>
    public ProbeFolder(string path)
    {
        Directory = path;
        if (File.Exists(path)) throw new WorkFailedException($"{path}: is a file; name a folder");
        if (Foreign.FirstOrDefault(name => System.IO.Path.Exists(At(name))) is { } found)
            throw new WorkFailedException($"{path}: holds {found}, so it is the folder of a run or a model; name another");
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } parent && File.Exists(System.IO.Path.Combine(parent, "settings.conf")))
            throw new WorkFailedException($"{path}: lies in the directory of a run, which keeps its own files there; name another");
    }

    /// <summary>The folder as it was named.</summary>
    public string Directory { get; }

    /// <summary>Where a file of the folder is.</summary>
    public string At(string name) => System.IO.Path.Combine(Directory, name);

    /// <summary>Refuses to replace what is read: its labels, and the rows that are left out, would be lost.</summary>
    /// <param name="files">What is read.</param>
    /// <param name="name">Of the file that will be written.</param>
    /// <exception cref="SettingsException">One of them is that file.</exception>
    public void RequireApart(IEnumerable<string> files, string name)
    {
        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (files.FirstOrDefault(file => string.Equals(Real(file), Real(At(name)), comparison)) is { } same)
            throw new SettingsException($"{same}: would be replaced by {At(name)}, which is written; give a copy of it, or name another --out");
    }

    // All links on the way resolved.
    private static string Real(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var real = System.IO.Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(System.IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = System.IO.Path.Combine(real, part);
            if (System.IO.Path.Exists(real) && File.ResolveLinkTarget(real, returnFinalTarget: true) is { } target) real = Real(target.FullName);
        }
        return real;
    }

    /// <summary>Writes the responses of a probe as rows, whole or not at all.</summary>
    public void WriteProbed(IEnumerable<(LabelledResponse Response, StepFindings Findings)> responses, LabelledRowWriter row)
    {
        using var writer = new RowWriter(At(ProbedFile));
        foreach (var (response, findings) in responses) writer.Write(json => row.Write(json, response, findings));
        writer.Commit();
    }

    /// <summary>Writes an object; null removes what an earlier probe left under the name.</summary>
    public void Write(string name, JsonObject? content)
    {
        if (content is null)
        {
            if (File.Exists(At(name))) File.Delete(At(name));
            return;
        }
        using var file = new WholeFile(At(name));
        JsonSerializer.Serialize(file.Stream, content, Indented);
        file.Stream.WriteByte((byte)'\n');
        file.Commit();
    }
}
