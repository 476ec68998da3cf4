using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Gpu;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using AttnPo.Host.Settings;
using SkiaSharp;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class HeadReportFilesTests : IDisposable
{
    private static readonly ModelConfig Config = Shape(3, 4);
    private static readonly HeadReport Report = Made(Config);

    private readonly TemporaryFolder _folder = new();

    public HeadReportFilesTests() => HeadReportFiles.Write(_folder.Path, Config, Report, new JsonObject { ["model"] = "made", ["seed"] = 7 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_files_are_there_and_nothing_else() => Assert.Equal(
        ["attnpo-heads.json", "curves.png", "heads.conf", "heatmap.png", "sra.json"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());

    [Fact]
    public void The_figures_read_back_as_the_report_has_them()
    {
        var json = Figures();
        Assert.Equal("made", json["about"]!["model"]!.GetValue<string>());
        Assert.Equal((3, 4), (json["layers"]!.GetValue<int>(), json["heads_per_layer"]!.GetValue<int>()));
        Assert.Equal(
            (Report.Responses, Report.Unranked, Report.Choosing, Report.Measuring),
            (Whole(json, "responses"), Whole(json, "unranked_responses"), Whole(json, "choosing_responses"), Whole(json, "measuring_responses")));
        Assert.Equal((Report.Essential, Report.Redundant), (Whole(json, "essential_steps"), Whole(json, "redundant_steps")));

        var single = json["single_heads"]!.AsArray();
        Assert.Equal(12, single.Count);
        for (var place = 0; place < 12; place++)
        {
            Assert.Equal($"{place / 4}:{place % 4}", single[place]!["head"]!.GetValue<string>());
            AssertAccuracy(Report.Heads[place], single[place]!);
        }
        Assert.Equal(Report.Chosen.Select(Name), json["heads"]!.AsArray().Select(head => head!.GetValue<string>()));
        AssertAccuracy(Report.ChosenAccuracy, json["chosen"]!);
    }

    [Fact]
    public void The_curves_name_the_head_that_came_last_and_both_halves()
    {
        var curves = Figures()["curves"]!.AsArray();
        Assert.Equal(10, curves.Count);
        foreach (var (point, json) in Report.Curves.Zip(curves))
        {
            Assert.Equal(point.Count, Whole(json!, "n"));
            foreach (var (set, name) in new[] { (point.Greedy, "greedy"), (point.TopK, "top_k") })
            {
                Assert.Equal(Name(set.Head), json![$"{name}_head"]!.GetValue<string>());
                Assert.Equal(set.Measured.Accuracy, Share(json, name), 6);
                Assert.Equal(set.Measured.Low, Share(json, $"{name}_low"), 6);
                Assert.Equal(set.Measured.High, Share(json, $"{name}_high"), 6);
                Assert.Equal(set.Choosing, Share(json, $"{name}_choosing"), 6);
            }
        }
    }

    [Fact]
    public void The_summary_says_how_the_heads_are_distributed()
    {
        var summary = Figures()["summary"]!;
        double[] sorted = [.. Report.Heads.Select(head => head.Accuracy).Order()];
        Assert.Equal(Name(Report.Best), summary["best_head"]!.GetValue<string>());
        Assert.Equal(sorted[^1], Share(summary, "best"), 6);
        Assert.Equal(sorted[0], Share(summary, "worst"), 6);
        Assert.Equal((sorted[5] + sorted[6]) / 2, Share(summary, "median"), 6);
        Assert.Equal(["0.6", "0.7", "0.8", "0.9"], summary["above"]!.AsObject().Select(member => member.Key));
        Assert.Equal(sorted.Count(accuracy => accuracy > 0.7) / 12.0, Share(summary["above"]!, "0.7"), 6);
    }

    [Fact]
    public void The_fragment_gives_the_chosen_heads_to_a_run()
    {
        var defaults = SettingsLayer.FromFile(Path.Combine(AppContext.BaseDirectory, "config", "attnpo.conf"), SettingOrigin.Defaults);
        var fragment = SettingsLayer.FromFile(_folder.File("heads.conf"), SettingOrigin.File);
        Assert.Equal(["credit.heads"], fragment.Values.Keys);
        var settings = SettingsResolver.Resolve(defaults, SettingsLayer.FromText("task.name = tiny", "run.conf", SettingOrigin.File), fragment);
        Assert.Equal(Report.Chosen.Select(Name), settings.Get<string[]>("credit.heads"));
        Assert.StartsWith("# Key-Focus Heads", File.ReadAllText(_folder.File("heads.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void Beside_the_weights_the_heads_are_the_model_s_own()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        File.WriteAllText(_folder.File("config.json"), Config.ToJson());
        Assert.Equal(Report.Chosen.Select(place => new HeadId(place / 4, place % 4)), ModelFolder.Open(_folder.Path).OwnHeads());

        var single = JsonNode.Parse(File.ReadAllText(_folder.File(ModelFolder.HeadsFile)))!["single_heads"]!.AsObject();
        Assert.Equal(12, single.Count);
        var accuracies = single.Select(member => member.Value!.GetValue<double>()).ToArray();
        Assert.Equal(accuracies.OrderDescending(), accuracies);
    }

    [Fact]
    public void The_same_report_gives_the_same_files()
    {
        using var again = new TemporaryFolder();
        HeadReportFiles.Write(again.Path, Config, Made(Config), new JsonObject { ["model"] = "made", ["seed"] = 7 });
        foreach (var file in Directory.GetFiles(_folder.Path))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(again.File(Path.GetFileName(file))));
    }

    [Fact]
    public void A_report_of_another_model_is_refused() =>
        Assert.Throws<ArgumentException>(() => HeadReportFiles.Write(_folder.Path, Shape(4, 4), Report));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(28, 12)]
    [InlineData(48, 40)]
    public void The_map_has_a_cell_for_every_head_and_the_colours_of_high_and_low_ones(int layers, int heads)
    {
        var config = Shape(layers, heads);
        using var map = SKBitmap.Decode(HeadFigures.HeatMap(config, Made(config)));
        Assert.InRange(map.Width, Math.Max(480, heads * 18), 1200);
        Assert.InRange(map.Height, layers * 18, 1200);
        Assert.True(Colours(map).Count > 20);
        // Layer 0 is at the bottom: the made heads of the last layer are the good ones, dark red, and those of the first are at chance, pale.
        if (layers == 1) return;
        // Near the corner of a cell, where neither number nor ring is.
        var cell = (map.Height - 110) / layers;
        var inside = Math.Max(3, cell / 12);
        var (top, bottom) = (50 + inside, map.Height - 60 - inside);
        var left = ((map.Width - (heads * cell) - 190) / 2) + 70 + inside;
        Assert.True(Lightness(map.GetPixel(left, top)) < 0.5f * Lightness(map.GetPixel(left, bottom)));
    }

    [Fact]
    public void The_curves_are_drawn()
    {
        using var curves = SKBitmap.Decode(File.ReadAllBytes(_folder.File("curves.png")));
        Assert.Equal((900, 560), (curves.Width, curves.Height));
        var colours = Colours(curves);
        Assert.Contains(SKColor.Parse("#0072B2"), colours);
        Assert.Contains(SKColor.Parse("#D55E00"), colours);
    }

    private static float Lightness(SKColor colour) => (colour.Red + colour.Green + colour.Blue) / 765f;

    private static HashSet<SKColor> Colours(SKBitmap picture) => [.. picture.Pixels];

    private static ModelConfig Shape(int layers, int heads) => new(8 * heads, 16, layers, heads, heads, 8, 512, 128, 1e-6, 10000, TiedHead: true);

    /// <summary>Heads of the last layer tell the steps apart, those of the others say nothing.</summary>
    private static HeadReport Made(ModelConfig config)
    {
        var random = new Random(5);
        return HeadReport.Of(
            [.. Enumerable.Range(0, 60).Select(i =>
            {
                bool[] essential = [.. Enumerable.Range(0, i == 0 ? 1 : 8).Select(step => step % 3 == 0)];
                return new ProbedResponse(
                    [.. Enumerable.Range(0, config.Layers * config.Heads).Select(place => (IReadOnlyList<double>)[.. essential.Select(isEssential =>
                        random.NextDouble() + (isEssential && place / config.Heads == config.Layers - 1 ? 0.6 : 0))])],
                    essential);
            })],
            seed: 3);
    }

    private JsonObject Figures() => JsonNode.Parse(File.ReadAllText(_folder.File("sra.json")))!.AsObject();

    private static string Name(int place) => $"{place / 4}:{place % 4}";

    private static void AssertAccuracy(RankingAccuracy expected, JsonNode actual)
    {
        Assert.Equal(expected.Accuracy, Share(actual, "sra"), 6);
        Assert.Equal(expected.Pairs, Whole(actual, "pairs"));
        Assert.Equal(expected.Low, Share(actual, "low"), 6);
        Assert.Equal(expected.High, Share(actual, "high"), 6);
    }

    private static long Whole(JsonNode json, string name) => json[name]!.GetValue<long>();

    private static double Share(JsonNode json, string name) => json[name]!.GetValue<double>();
}
