using System.Text.Json;
using System.Text.Json.Nodes;
using AttnPo.Core.Probing;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Probing;

/// <summary>The files of a probe, each whole or not at all; an older one of the same name is replaced.</summary>
internal static class HeadReportFiles
{
    /// <summary>All figures, <see cref="HeadReportJson"/>.</summary>
    public const string Figures = "sra.json";

    /// <summary>The settings fragment that chooses the heads, to paste or to include.</summary>
    public const string Settings = "heads.conf";

    /// <summary>Picture: step ranking accuracy of every head.</summary>
    public const string HeatMap = "heatmap.png";

    /// <summary>Picture: step ranking accuracy of sets by their size.</summary>
    public const string Curves = "curves.png";

    /// <summary>Writes them all, the figures last: where they are, the others are too.</summary>
    /// <param name="directory">Made where it is missing.</param>
    /// <param name="config">Of the probed model, whose heads the report has in the order of <see cref="ProbedHeads"/>.</param>
    /// <param name="report">What was found.</param>
    /// <param name="about">Where the figures come from: model, labels, seed; the member "about" of the figures.</param>
    public static void Write(string directory, ModelConfig config, HeadReport report, JsonObject? about = null)
    {
        if (report.Heads.Count != config.Layers * config.Heads)
            throw new ArgumentException($"{report.Heads.Count} heads; the model has {config.Layers} layers of {config.Heads}", nameof(report));
        WriteWhole(directory, HeatMap, stream => stream.Write(HeadFigures.HeatMap(config, report)));
        WriteWhole(directory, Curves, stream => stream.Write(HeadFigures.Curves(report)));
        WriteWhole(directory, Settings, stream => WriteText(stream, HeadSettings.Text(config, report)));
        WriteModelHeads(directory, config, report);
        WriteWhole(directory, Figures, stream => WriteJson(stream, json => HeadReportJson.Write(json, config, report, about)));
    }

    /// <summary>The model folder's file of heads alone; beside the weights it is what credit.heads = auto reads.</summary>
    public static void WriteModelHeads(string directory, ModelConfig config, HeadReport report) =>
        WriteWhole(directory, ModelFolder.HeadsFile, stream => WriteJson(stream, json => HeadReportJson.WriteModelHeads(json, config, report)));

    private static void WriteJson(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" })) write(json);
        stream.Write("\n"u8);
    }

    private static void WriteText(Stream stream, string text)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.Write(text);
    }

    private static void WriteWhole(string directory, string name, Action<Stream> write)
    {
        using var file = new WholeFile(Path.Combine(directory, name));
        write(file.Stream);
        file.Commit();
    }
}
