using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AttnPo.Gpu;
using AttnPo.Gpu.Training;
using AttnPo.Host.Benchmarks;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Commands;

/// <summary>bench decode, train and score: the engine alone, over a checkpoint or a shape with random weights.</summary>
internal sealed class BenchEngineCommands
{
    private readonly Option<string?> _model = new("--model") { Description = "Hugging Face folder, or the name of a shipped model.", HelpName = "DIR" };
    private readonly Option<string?> _shape = new("--shape") { Description = "A shape with random weights in its place: S, M, or L (Qwen2.5-0.5B)." };
    private readonly Option<string> _dtype = new("--dtype")
    {
        Description = "decode: of the weights; train and score: of products and attention.",
        DefaultValueFactory = _ => "f32",
    };
    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda, cuda:N or auto.", DefaultValueFactory = _ => "auto" };
    private readonly Option<int> _threads = Count("--threads", "Threads of the engine on a CPU; 0 is one for each core.", 0, least: 0);
    private readonly Option<int> _batch = Count("--batch", "Sequences at once.", 8);
    private readonly Option<int> _rounds = Count("--rounds", "Measured rounds, after one to warm up; the median counts.", 3);
    private readonly Option<bool> _json = new("--json") { Description = "The last line is a JSON object." };

    private BenchEngineCommands()
    {
        _shape.AcceptOnlyFromAmong(ModelShapes.Names);
        _dtype.AcceptOnlyFromAmong("f32", "bf16");
    }

    /// <summary>The three commands.</summary>
    public static IEnumerable<Command> Create()
    {
        var prompt = Count("--prompt", "Tokens of each prompt.", 32);
        var fresh = Count("--new", "New tokens of each row.", 128);
        var length = Count("--length", "Tokens of each sequence.", 256, least: 32);
        var keep = new Option<bool>("--keep-activations") { Description = "Without recomputation (optimizer.recompute = false)." };
        var heads = new Option<string?>("--heads")
        {
            Description = "Scores so many heads without log-probabilities, as a probe does, and says how that compares with a plain forward.",
            HelpName = "N|all",
        };
        heads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && text != "all" && Heads(text) < 1)
                result.AddError($"--heads {text}: expected all, or how many, at least 1");
        });
        var whole = new Option<bool>("--whole-logits") { Description = "All logits of a pass at once, to see what the chunks save." };
        yield return new BenchEngineCommands().Command(
            "decode", "New tokens a second.", [prompt, fresh],
            (parsed, bench, format, cancellation) => bench.Decode(Batch(parsed), parsed.GetValue(prompt), parsed.GetValue(fresh), format, cancellation));
        yield return new BenchEngineCommands().Command(
            "train", "Tokens a second through gradient and update.", [length, keep, whole],
            (parsed, bench, format, cancellation) =>
            {
                var settings = new OptimizerSettings
                {
                    Compute = format, Recompute = !parsed.GetValue(keep), MicroBatchTokens = Batch(parsed) * parsed.GetValue(length),
                };
                if (parsed.GetValue(whole)) settings = settings with { LogitElements = long.MaxValue };
                return bench.Train(Batch(parsed), parsed.GetValue(length), settings, format, cancellation);
            });
        yield return new BenchEngineCommands().Command(
            "score",
            "Tokens a second through log-probabilities and step scores of three heads; with --heads, through step scores alone, beside a plain forward.",
            [length, heads],
            (parsed, bench, format, cancellation) => parsed.GetValue(heads) is { } count
                ? bench.Probe(Batch(parsed), parsed.GetValue(length), Heads(count), format, cancellation)
                : bench.Score(Batch(parsed), parsed.GetValue(length), format, cancellation));

        static int Heads(string text) => text == "all" ? int.MaxValue
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

        static int Batch(ParseResult parsed) => parsed.GetValue<int>("--batch");
    }

    private Command Command(
        string name, string description, Option[] own,
        Func<ParseResult, EngineBenchmarks, NumberFormat, CancellationToken, EngineFigures> measure)
    {
        var command = new Command(name, description) { _model, _shape, _dtype, _device, _threads, _batch, _rounds, _json };
        foreach (var option in own) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            var format = parsed.GetValue(_dtype) == "bf16" ? NumberFormat.BFloat16 : NumberFormat.Float32;
            var model = Model(parsed);
            Require(model, parsed, own);
            var device = EngineDevice.Prepare(parsed.GetRequiredValue(_device), parsed.GetValue(_threads));
            var benchmarks = new EngineBenchmarks(model, device, parsed.GetValue(_rounds));
            var figures = measure(parsed, benchmarks, format, cancellation);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {figures.TokensPerSecond:0.0} tokens/s, {figures.Seconds:0.00} s a round, peak memory {figures.PeakBytes / 1024.0 / 1024 / 1024:0.00} GiB, ")
                + string.Create(CultureInfo.InvariantCulture, $"{figures.AllocatedPerToken:0} bytes of .NET memory a token"));
            foreach (var beside in figures.Beside)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{beside.Ratio:0.000} times the {beside.Name.Replace('_', ' ')} ({beside.ProcessorRatio:0.000} by processor time), {beside.Seconds:0.000} s a round"));
            }

            if (parsed.GetValue(_json)) output.WriteLine(Json(parsed, name, device, own, figures));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private MeasuredModel Model(ParseResult parsed) => (parsed.GetValue(_model), parsed.GetValue(_shape)) switch
    {
        ({ } model, null) => MeasuredModel.Of(ModelFolder.Open(model)),
        (null, { } shape) => MeasuredModel.Random(shape),
        _ => throw new SettingsException("bench: expected --model DIR or --shape S|M|L, one of the two"),
    };

    private static void Require(MeasuredModel model, ParseResult parsed, Option[] own)
    {
        var asked = own.OfType<Option<int>>().Sum(option => parsed.GetValue(option));
        if (asked > model.Config.MaxPositions)
        {
            throw new SettingsException(
                $"bench: {string.Join(" + ", own.OfType<Option<int>>().Select(option => option.Name))} is {asked} tokens; the model takes {model.Config.MaxPositions}");
        }
    }

    private string Json(ParseResult parsed, string name, string device, Option[] own, EngineFigures figures)
    {
        var json = new JsonObject
        {
            [$"{name}_tokens_per_s"] = figures.TokensPerSecond,
            ["seconds"] = figures.Seconds,
            ["peak_bytes"] = figures.PeakBytes,
            ["allocated_bytes_per_token"] = figures.AllocatedPerToken,
            ["model"] = parsed.GetValue(_model) ?? parsed.GetValue(_shape),
            ["batch"] = parsed.GetValue(_batch),
            ["dtype"] = parsed.GetValue(_dtype),
            ["device"] = device,
            ["threads"] = TorchSharp.torch.get_num_threads(),
        };
        foreach (var beside in figures.Beside)
        {
            json[$"{beside.Name}_seconds"] = beside.Seconds;
            json[$"ratio_to_{beside.Name}"] = beside.Ratio;
            json[$"processor_ratio_to_{beside.Name}"] = beside.ProcessorRatio;
        }

        foreach (var option in own)
        {
            var key = option.Name.TrimStart('-').Replace('-', '_');
            if (option is Option<int> count) json[key] = parsed.GetValue(count);
            else if (option is Option<bool> flag) json[key] = parsed.GetValue(flag);
            else if (option is Option<string?> text && parsed.GetValue(text) is { } given) json[key] = given;
        }

        return json.ToJsonString();
    }

    private static Option<int> Count(string name, string description, int usual, int least = 1) =>
        new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual }.AtLeast(least);
}
