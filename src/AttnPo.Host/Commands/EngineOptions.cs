using System.CommandLine;
using AttnPo.Gpu;
using AttnPo.Host.Models;

namespace AttnPo.Host.Commands;

/// <summary>The options of every command that runs a model: --model, --device, --threads, --dtype.</summary>
internal sealed class EngineOptions
{
    private readonly Option<string> _model = new("--model") { Description = "Hugging Face folder, or the name of a shipped model.", HelpName = "DIR", Required = true };
    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda, cuda:N or auto.", DefaultValueFactory = _ => "auto" };
    private readonly Option<int> _threads = new Option<int>("--threads")
    {
        Description = "Threads of the engine on a CPU; 0 is one for each core.",
        DefaultValueFactory = _ => 0,
    }.AtLeast(0);

    private readonly Option<string> _dtype = new("--dtype")
    {
        Description = "f32, or bf16 for half the memory: of the weights that are decoded with, of the products of scores.",
        DefaultValueFactory = _ => "f32",
    };

    /// <summary>Adds them to a command.</summary>
    public EngineOptions(Command command)
    {
        command.Add(_model);
        command.Add(_device);
        command.Add(_threads);
        command.Add(_dtype.AcceptOnlyFromAmong("f32", "bf16"));
    }

    /// <summary>Opens the folder and makes the device ready.</summary>
    public (ModelFolder Folder, string Device, NumberFormat Format) Open(ParseResult parsed)
    {
        var folder = ModelFolder.Open(parsed.GetRequiredValue(_model));
        var format = parsed.GetValue(_dtype) == "bf16" ? NumberFormat.BFloat16 : NumberFormat.Float32;
        return (folder, EngineDevice.Prepare(parsed.GetRequiredValue(_device), parsed.GetValue(_threads)), format);
    }
}
