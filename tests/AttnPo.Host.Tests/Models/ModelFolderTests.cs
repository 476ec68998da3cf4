using AttnPo.Core.Data;
using AttnPo.Gpu;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;
using AttnPo.Tests;
using Xunit;

namespace AttnPo.Host.Tests.Models;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModelFolderTests()
    {
        TinyTask.WriteTokenizer(_folder.Path);
        var shape = new ModelConfig(32, 64, Layers: 2, Heads: 4, KeyValueHeads: 2, 8, VocabularySize: 512, 256, 1e-6, 10000, true);
        File.WriteAllText(_folder.File("config.json"), shape.ToJson());
        File.WriteAllText(_folder.File("generation_config.json"), "{\"eos_token_id\":[5,6]}");
        File.WriteAllText(_folder.File(ModelFolder.HeadsFile), "{\"heads\":[\"1:0\",\"0:3\"]}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_gives_its_stop_tokens_and_heads()
    {
        var model = ModelFolder.Open(_folder.Path);
        Assert.Equal([5, 6], model.StopTokens);
        Assert.Equal([new HeadId(1, 0), new HeadId(0, 3)], model.OwnHeads());
    }

    [Theory]
    [InlineData("{\"eos_token_id\":512}", "eos_token_id holds 512; expected ids below 512")]
    [InlineData("{\"eos_token_id\":\"end\"}", "eos_token_id holds end")]
    [InlineData("{", "generation_config.json: not JSON")]
    [Trait("Contract", "C9")]
    public void A_generation_config_that_cannot_be_meant_is_refused(string text, string message)
    {
        File.WriteAllText(_folder.File("generation_config.json"), text);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ModelFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_weights_alone_takes_token_ids()
    {
        foreach (var companion in (string[])["generation_config.json", "tokenizer.json", "tokenizer_config.json"]) File.Delete(_folder.File(companion));
        var model = ModelFolder.Open(_folder.Path);
        Assert.Empty(model.StopTokens);
        Assert.False(model.HasTokenizer);
        Assert.Null(model.TokenFault([0, 511]));
    }

    [Theory]
    [InlineData("{\"heads\":[\"2:0\"]}", "head 2:0: the model has layers 0 to 1 and heads 0 to 3")]
    [InlineData("{\"heads\":[\"0:4\"]}", "head 0:4")]
    [InlineData("{\"heads\":[\"one\"]}", "\"one\" is not layer:head")]
    [InlineData("{\"heads\":[]}", "names no head")]
    [InlineData("[]", "expected {\"heads\":[\"layer:head\",...]}")]
    public void Heads_that_the_model_has_not_are_refused(string text, string message)
    {
        File.WriteAllText(_folder.File(ModelFolder.HeadsFile), text);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ModelFolder.Open(_folder.Path).OwnHeads()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_heads_file_says_what_to_do()
    {
        File.Delete(_folder.File(ModelFolder.HeadsFile));
        Assert.Contains("--set credit.heads", Assert.Throws<WorkFailedException>(() => ModelFolder.Open(_folder.Path).OwnHeads()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Companions_make_weights_a_folder()
    {
        using var checkpoint = new TemporaryFolder();
        File.Copy(_folder.File("config.json"), checkpoint.File("config.json"));
        string[] others = ["special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja", "LICENSE"];
        foreach (var name in others) File.WriteAllText(_folder.File(name), new string('x', 100_000) + name);
        ModelFolder.CopyCompanions(_folder.Path, checkpoint.Path);
        Assert.Equal(2, ModelFolder.Open(checkpoint.Path).OwnHeads().Count);
        Assert.All(others, name => Assert.Equal(File.ReadAllBytes(_folder.File(name)), File.ReadAllBytes(checkpoint.File(name))));
    }

    [Fact, Trait("Contract", "C9")]
    public void A_companion_beyond_any_size_is_refused()
    {
        using (var file = File.Create(_folder.File("vocab.json"))) file.SetLength(1L << 30);
        using var checkpoint = new TemporaryFolder();
        var fault = Assert.Throws<InvalidDataException>(() => ModelFolder.CopyCompanions(_folder.Path, checkpoint.Path));
        Assert.Contains("vocab.json: has 1073741824 bytes", fault.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Odd()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in (string[])["config.json", "generation_config.json", ModelFolder.HeadsFile])
            foreach (var kind in OddFile.Kinds) data.Add(file, kind);
        return data;
    }

    [Theory, Trait("Contract", "C9")]
    [MemberData(nameof(Odd))]
    public void What_is_no_plain_file_is_refused_by_its_name_and_never_waited_for_nor_copied(string file, string kind)
    {
        if (!OperatingSystem.IsLinux()) return;
        OddFile.Put(kind, _folder.File(file));
        IsRefused(() => ModelFolder.Open(_folder.Path).OwnHeads());
        if (file == "config.json") return;
        using var checkpoint = new TemporaryFolder();
        if (kind == "directory") IsRefused(() => ModelFolder.CopyCompanions(_folder.Path, checkpoint.Path));
        else ModelFolder.CopyCompanions(_folder.Path, checkpoint.Path);
        Assert.False(Path.Exists(checkpoint.File(file)));

        void IsRefused(Action use) =>
            Assert.Equal($"{_folder.File(file)}: is empty or no plain file.", Assert.Throws<InvalidDataException>(use).Message);
    }

    [Fact, Trait("Contract", "C9")]
    public void Companions_behind_links_are_read_and_copied_as_the_files_themselves()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var checkpoint = new TemporaryFolder();
        foreach (var name in (string[])["config.json", "generation_config.json", ModelFolder.HeadsFile])
            OddFile.ReplaceByLinks(_folder.File(name));
        Assert.Equal(2, ModelFolder.Open(_folder.Path).OwnHeads().Count);
        ModelFolder.CopyCompanions(_folder.Path, checkpoint.Path);
        Assert.Equal(File.ReadAllText(_folder.File("generation_config.json")), File.ReadAllText(checkpoint.File("generation_config.json")));
        Assert.Null(new FileInfo(checkpoint.File("generation_config.json")).LinkTarget);
    }

    [Fact, Trait("Contract", "C9")]
    public void A_runs_directory_in_place_of_a_model_points_to_its_checkpoints()
    {
        File.Delete(_folder.File("config.json"));
        string Refusal() => Assert.Throws<WorkFailedException>(() => ModelFolder.Open(_folder.Path)).Message;
        Assert.Equal($"{_folder.Path}: is no Hugging Face model folder (config.json is missing)", Refusal());
        File.WriteAllText(_folder.File("settings.conf"), "");
        Assert.EndsWith($"give one of its checkpoints, {_folder.File("checkpoints")}/step-NNNNNN", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Token_ids_that_the_model_has_not_are_named() =>
        Assert.Equal("holds token id 512; the model has 0 to 511", ModelFolder.Open(_folder.Path).TokenFault([0, 511, 512]));

    [Fact]
    public void A_prompt_must_leave_room_for_a_response()
    {
        var model = ModelFolder.Open(_folder.Path);
        Assert.Null(model.PromptFault(new int[255]));
        Assert.Equal("has 256 tokens; the model takes 256, one of them for the response", model.PromptFault(new int[256]));
        Assert.StartsWith("is empty", model.PromptFault([]), StringComparison.Ordinal);
        var settings = SettingsFiles.Resolve("tiny", ["rollout.max-prompt-tokens=5000"]);
        Assert.Equal(255, StageSettings.PromptSampler(settings, model).MaxPromptTokens);
    }

    [Fact]
    public void A_prompt_in_a_file_that_the_model_cannot_take_is_a_bad_row()
    {
        var model = ModelFolder.Open(_folder.Path);
        var file = _folder.File("in.jsonl");
        var rows = new[] { "", new string('1', 300), "1" }.Select(text => $"{{\"prompt\":\"{text}\",\"gold\":\"1\"}}\n");
        File.WriteAllText(file, string.Concat(rows));
        var bad = new BadRows(null);
        PromptFiles Read(bool? skipBad) => new([file], new(model), bad = new(skipBad), text => model.PromptFault(model.Tokenizer.Encode(text)));

        Assert.Contains("in.jsonl:1: \"prompt\" is empty", Assert.Throws<WorkFailedException>(() => Read(false)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, string.Concat(rows.Skip(1)));
        Assert.Contains("in.jsonl:1: \"prompt\" has 300 tokens", Assert.Throws<WorkFailedException>(() => Read(false)).Message, StringComparison.Ordinal);
        var read = Read(true);
        Assert.Equal((1, 1), (read.Count, (int)bad.Skipped));
    }

    [Fact]
    public void Heads_that_the_model_has_not_are_wrong_settings_of_a_run()
    {
        var settings = SettingsFiles.Resolve("tiny", [$"model.path={_folder.Path}", "credit.heads=99:0"]);
        using var store = new PolicyStore();
        var error = Assert.Throws<SettingsException>(() => TrainingComposition.Compose(settings, _folder.File("run"), store, _ => { }));
        Assert.Contains("--set: credit.heads: head 99:0: the model has layers 0 to 1", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("run")));
    }
}
