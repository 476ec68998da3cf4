using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;
using Xunit;

namespace AttnPo.Host.Tests.Training;

/// <summary>What heads are watched on, by settings.</summary>
public sealed class WatchedHeadsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WatchedHeadsTests()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        WriteShape(1024);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("heads.every=0")]
    [InlineData("method=rloo")]
    public void Where_nobody_looks_nothing_is_put_together(string setting) => Assert.Null(Watched(["--tiny", setting]));

    [Fact]
    [Trait("Contract", "C3")]
    public void The_tiny_task_gives_its_teachers_traces_the_same_each_time_with_labels()
    {
        string[] settings = ["--tiny", "heads.every=5", "heads.probe-responses=6"];
        var watched = Watched(settings)!;
        Assert.Equal((5, 6, null), (watched.Every, watched.Probe.Requests.Count, watched.Reselect));
        Assert.Equal(watched.Probe.Name, Watched(settings)!.Probe.Name);
        Assert.NotEqual(watched.Probe.Name, Watched([.. settings, "task.operations-max=5"])!.Probe.Name);
        Assert.All(watched.Probe.Requests, request =>
        {
            // The output head is not computed, and the answer comes after the last step.
            Assert.Equal(request.Response.Length, request.LogProbsFrom);
            Assert.Equal(request.ThinkEnd, request.Steps[^1].End);
        });
        Assert.InRange(watched.Probe.Ranked.Count, 5, 6);
        Assert.Empty(watched.Candidates);
    }

    [Fact]
    public void Where_heads_may_be_chosen_anew_all_of_the_model_are_candidates()
    {
        var watched = Watched(["--tiny", "heads.every=5", "heads.reselect=0.9", "heads.most=3"])!;
        Assert.Equal((0.9, 3), (watched.Reselect, watched.Most));
        Assert.Equal(
            ["0:0", "0:1", "0:2", "0:3", "1:0", "1:1", "1:2", "1:3"], watched.Candidates.Select(head => head.ToString()));
    }

    [Fact]
    public void A_model_that_is_too_short_for_the_traces_says_so()
    {
        WriteShape(16);
        Assert.Contains(
            "takes 16 positions, fewer than the tiny task's responses have",
            Assert.Throws<WorkFailedException>(() => Watched(["--tiny", "heads.every=5", "heads.probe-responses=2"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_gives_its_labelled_responses()
    {
        var watched = Watched(
            ["heads.every=5", $"heads.probe-file={Rows("essential", "redundant")}"])!;
        Assert.Equal((2, 2), (watched.Probe.Requests.Count, watched.Probe.Ranked.Count));
        Assert.Equal(2, watched.Probe.Requests[0].Steps.Count);
        Assert.Equal(1, watched.Probe.Accuracy(watched.Probe.Ranked, [[2, 1], [2, 1]]));
    }

    [Fact]
    public void Heads_cannot_be_chosen_on_responses_without_labels_of_both_kinds()
    {
        Assert.Empty(Watched(["heads.every=5", $"heads.probe-file={Rows("essential", "essential")}"])!.Probe.Ranked);
        var error = Assert.Throws<SettingsException>(
            () => Watched(["heads.every=5", $"heads.probe-file={Rows("essential", "essential")}", "heads.reselect=0.9"])).Message;
        Assert.Contains("heads.reselect: 0.9 where off was expected: 0 of the 2 responses", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Heads_cannot_be_chosen_on_responses_to_one_prompt()
    {
        var rows = Rows("essential", "redundant");
        File.WriteAllText(rows, File.ReadAllText(rows).Replace("? 1", "? 0", StringComparison.Ordinal));
        var error = Assert.Throws<SettingsException>(() => Watched(["heads.every=5", $"heads.probe-file={rows}", "heads.reselect=0.9"])).Message;
        Assert.Contains("2 of the 2 responses", error, StringComparison.Ordinal);
        Assert.Contains("such responses to 2 prompts at least", error, StringComparison.Ordinal);
    }

    private string Rows(string first, string second)
    {
        // Code points: "First, b=7.\n" is 12 long, "Wait, b=7.\n" 11.
        var path = _folder.File("probe.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, 2).Select(i =>
            $$"""{"id":"r{{i}}","prompt":"? {{i}}\n","response":"First, b=7.\nWait, b=7.\n</think>\nb=7 so \\boxed{7}<|end|>","steps":[{"start":0,"end":12,"label":"{{first}}"},{"start":12,"end":23,"label":"{{second}}"}]}"""));
        return path;
    }

    private HeadWatchSettings? Watched(string[] settings)
    {
        string[] task = settings[0] == "--tiny" ? ["task.name=tiny"] : ["data.files=[train.jsonl]"];
        var resolved = SettingsFiles.Resolve("attnpo", [.. task, .. settings.Where(setting => setting != "--tiny")]);
        var model = ModelFolder.Open(_folder.Path);
        var reader = new ResponseReader(model.Tokenizer, PhraseTable.Official, new SegmentationSettings(8), new MathVerifier(new ExactGrader()));
        return WatchedHeads.Of(resolved, model, StageSettings.Task(resolved), reader, warnings: null);
    }

    private void WriteShape(int positions) => File.WriteAllText(
        _folder.File("config.json"), new ModelConfig(32, 64, Layers: 2, Heads: 4, KeyValueHeads: 2, 8, VocabularySize: 512, positions, 1e-6, 10000, true).ToJson());
}
