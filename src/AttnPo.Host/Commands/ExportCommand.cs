using System.CommandLine;
using System.Globalization;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Host.Models;

namespace AttnPo.Host.Commands;

/// <summary>export: a checkpoint of a run as a Hugging Face folder that other tools load.</summary>
internal static class ExportCommand
{
    private const string Keep = "keep";

    private static readonly Dictionary<string, ExportFormat> Formats = new(StringComparer.Ordinal)
    {
        ["f32"] = ExportFormat.Float32, ["bf16"] = ExportFormat.BFloat16, ["f16"] = ExportFormat.Float16,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var source = new Argument<string>("RUN")
        {
            Description = "Run directory; or a Hugging Face folder, or the name of a shipped model, to write again.",
        };
        var step = new Option<long>("--step")
        {
            Description = "Export the checkpoint of this step; by default the newest.",
            HelpName = "N",
        }.AtLeast(1);
        var directory = new Option<string>("--out")
        {
            Description = "Folder to write; must not exist or be empty.", HelpName = "DIR", Required = true,
        };
        var dtype = new Option<string>("--dtype")
        {
            Description = "Type of the weights: f32, bf16, f16, or keep: for a run the one that config.json names, for a folder the stored one.",
            DefaultValueFactory = _ => Keep,
        }.Within(text => text == Keep || Formats.ContainsKey(text), "keep, f32, bf16 or f16");
        var shardSize = new Option<string>("--shard-size")
        {
            Description = "Most bytes of weights in one file, e.g. 500MB or 4GiB; more are split, with an index.",
            HelpName = "SIZE",
            DefaultValueFactory = _ => "5GB",
        }.Within(text => ByteSize.Parse(text) is not null, ByteSize.Expected);
        var command = new Command("export", "Writes a checkpoint as a Hugging Face folder: config.json, safetensors, tokenizer files.")
        {
            source, step, directory, dtype, shardSize,
        };
        command.SetAction((parsed, cancellation) =>
        {
            Run(
                ExportSource.Find(parsed.GetRequiredValue(source), parsed.GetResult(step) is null ? null : parsed.GetValue(step)),
                parsed.GetRequiredValue(directory), parsed.GetRequiredValue(dtype),
                ByteSize.Parse(parsed.GetRequiredValue(shardSize))!.Value, parsed.InvocationConfiguration.Output, cancellation);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(
        ExportSource source, string directory, string dtype, long shardBytes, TextWriter output, CancellationToken cancellation)
    {
        using var folder = new WholeFolder(directory);
        var format = dtype == Keep ? source.Format : Formats[dtype];
        var summary = ModelExport.Write(source.Directory, folder.Aside, format, shardBytes, cancellation);
        ModelFolder.CopyCompanions(source.Directory, folder.Aside);
        source.RequireStillThere();
        folder.Commit();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"wrote {directory}: {source.Description}, {summary.Tensors} tensors, {summary.Bytes / 1e6:F1} MB, "
            + $"{string.Join(" and ", summary.Types)}, {summary.Files} {(summary.Files == 1 ? "file" : "files")}"));
    }
}
