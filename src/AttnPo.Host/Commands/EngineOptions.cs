using System.CommandLine;
using AttnPo.Host.Models;

namespace AttnPo.Host.Commands;

/// <summary>The options of every command that runs a model: --model, --device, --threads.</summary>
internal sealed class EngineOptions
{
    private readonly Option<string> _model = new("--model") { Description = "Hugging Face folder, or the name of a shipped model.", HelpName = "DIR", Required = true };
    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda, cuda:N or auto.", DefaultValueFactory = _ => "auto" };
    private readonly Option<int> _threads = new Option<int>("--threads")
    {
        Description = "Threads of the engine on a CPU; 0 is one for each core.",
        DefaultValueFactory = _ => 0,
    }.AtLeast(0);

    /// <summary>Adds them to a command.</summary>
    public EngineOptions(Command command)
    {
        command.Add(_model);
        command.Add(_device);
        command.Add(_threads);
    }

    /// <summary>Opens the folder and makes the device ready.</summary>
    public (ModelFolder Folder, string Device) Open(ParseResult parsed)
    {
        var folder = ModelFolder.Open(parsed.GetRequiredValue(_model));
        return (folder, EngineDevice.Prepare(parsed.GetRequiredValue(_device), parsed.GetValue(_threads)));
    }
}
