using System.CommandLine;
using AttnPo.Gpu;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Commands;

/// <summary>generate: one completion of one prompt.</summary>
internal static class GenerateCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var prompt = new Option<string>("--prompt") { Description = "The prompt as text, taken as it is.", HelpName = "TEXT" };
        var promptIds = new Option<string>("--prompt-ids") { Description = "The prompt as token ids.", HelpName = "1,2,3" };
        var greedy = new Option<bool>("--greedy") { Description = "Take the most probable token each time." };
        var json = new Option<bool>("--json") { Description = "Print one object: {\"ids\",\"text\",\"logprobs\",\"finish\"}." };
        var command = new Command("generate", "Completes one prompt.");
        var engine = new EngineOptions(command);
        command.Add(prompt);
        command.Add(promptIds);
        command.Add(greedy);
        var sampling = new SamplingOptions(command);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(prompt) is null == parsed.GetValue(promptIds) is null)
                throw new SettingsException("generate: expected --prompt TEXT or --prompt-ids 1,2,3, one of the two");
            var (folder, device) = engine.Open(parsed);
            var tokens = parsed.GetValue(prompt) is { } text ? folder.Tokenizer.Encode(text) : ParseIds(parsed.GetRequiredValue(promptIds));
            if (folder.PromptFault(tokens) is { } fault) throw new WorkFailedException($"generate: the prompt {fault}");

            using var generator = EngineFactory.Generator(folder, device);
            var settings = sampling.Settings(parsed, folder, parsed.GetValue(greedy));
            var completion = generator.Generate(new(sampling.Seed(parsed), 0, [new(0, tokens)], 1, settings), cancellation)[0];
            var response = folder.HasTokenizer ? folder.Tokenizer.Decode(completion.Tokens).Text : null;
            parsed.InvocationConfiguration.Output.WriteLine(!parsed.GetValue(json) ? response ?? string.Join(',', completion.Tokens) : RowWriter.Line(members =>
            {
                members.WriteNumbers("ids", completion.Tokens);
                members.WriteString("text", response);
                members.WriteNumbers("logprobs", completion.LogProbs);
                members.WriteString("finish", completion.Finish == FinishReason.Stop ? "stop" : "length");
            }));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static int[] ParseIds(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        return [.. parts.Select(part => int.TryParse(part, out var id) ? id : throw new SettingsException($"--prompt-ids: \"{part}\" is not a token id; expected e.g. 1,2,3"))];
    }
}
