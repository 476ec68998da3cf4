using System.CommandLine;
using AttnPo.Core.Text;
using AttnPo.Gpu;
using AttnPo.Gpu.Generation;
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
        var prompt = new Option<string>("--prompt") { Description = "The prompt as text, taken as it is; with --chat a question.", HelpName = "TEXT" };
        var promptIds = new Option<string>("--prompt-ids") { Description = "The prompt as token ids.", HelpName = "1,2,3" };
        var chat = new Option<bool>("--chat") { Description = "The prompt is a user's question, written down as training does it." };
        var stream = new Option<bool>("--stream") { Description = "Print the text as it is decoded; a terminal gets it so anyway." };
        var greedy = new Option<bool>("--greedy") { Description = "Take the most probable token each time." };
        var json = new Option<bool>("--json") { Description = "Print one object: {\"ids\",\"text\",\"logprobs\",\"finish\"}." };
        var command = new Command("generate", "Completes one prompt.");
        var engine = new EngineOptions(command);
        command.Add(prompt);
        command.Add(promptIds);
        command.Add(chat);
        var template = new ChatOptions(command);
        command.Add(greedy);
        var sampling = new SamplingOptions(command);
        command.Add(stream);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(prompt) is null == parsed.GetValue(promptIds) is null)
                throw new SettingsException("generate: expected --prompt TEXT or --prompt-ids 1,2,3, one of the two");
            var asksQuestion = parsed.GetValue(chat);
            if (asksQuestion && parsed.GetValue(prompt) is null) throw new SettingsException("generate: --chat goes with --prompt TEXT");
            if (!asksQuestion && template.FirstGiven(parsed) is { } given) throw new SettingsException($"generate: {given} goes with --chat");
            if (parsed.GetValue(stream) && parsed.GetValue(json))
                throw new SettingsException("generate: expected --stream or --json, not both");
            var (folder, device, format) = engine.Open(parsed);
            var tokens = parsed.GetValue(prompt) is { } text
                ? folder.Tokenizer.Encode(asksQuestion ? template.Rendering(parsed, folder).Question(text) : text)
                : ParseIds(parsed.GetRequiredValue(promptIds));
            if (folder.PromptFault(tokens) is { } fault) throw new WorkFailedException($"generate: the prompt {fault}");

            using var generator = EngineFactory.Generator(folder, device, format);
            var request = new GenerationRequest(
                sampling.Seed(parsed), 0, [new(0, tokens)], 1, sampling.Settings(parsed, folder, parsed.GetValue(greedy)));
            var output = parsed.InvocationConfiguration.Output;
            var streams = parsed.GetValue(stream) || (!parsed.GetValue(json) && output == Console.Out && !Console.IsOutputRedirected);
            if (streams && folder.HasTokenizer)
            {
                Stream(generator, request, folder.Tokenizer, output, cancellation);
                return Task.FromResult(ExitCode.Done);
            }

            var completion = generator.Generate(request, cancellation)[0];
            var response = folder.HasTokenizer ? folder.Tokenizer.Decode(completion.Tokens).Text : null;
            output.WriteLine(!parsed.GetValue(json) ? response ?? string.Join(',', completion.Tokens) : RowWriter.Line(members =>
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

    private static void Stream(
        Generator generator, GenerationRequest request, Tokenizer tokenizer, TextWriter output, CancellationToken cancellation)
    {
        var decoder = new StreamingDecoder(tokenizer);
        generator.Generate(request, (_, _, token) =>
        {
            output.Write(decoder.Append(token));
            output.Flush();
        }, cancellation);
        output.WriteLine(decoder.Complete());
    }

    private static int[] ParseIds(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        return [.. parts.Select(part => int.TryParse(part, out var id) ? id : throw new SettingsException($"--prompt-ids: \"{part}\" is not a token id; expected e.g. 1,2,3"))];
    }
}
