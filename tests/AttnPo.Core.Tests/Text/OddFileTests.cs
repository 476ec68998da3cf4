using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Tests;
using Xunit;

namespace AttnPo.Core.Tests.Text;

/// <summary>Files of a tokenizer's folder that are no files, or whose expressions never end, cost a message and no more.</summary>
[Trait("Contract", "C9")]
public sealed class OddFileTests : IDisposable
{
    private static readonly string[] Template = [ChatTemplateFile.FileName, ChatTemplateFile.ConfigFileName];

    private readonly string _directory = Directory.CreateTempSubdirectory("attnpo-odd-").FullName;

    private string FilePath => Path.Combine(_directory, "tokenizer.json");

    public OddFileTests() => TinyTask.WriteTokenizer(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string, string> Readers()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in (string[])["tokenizer.json", .. Template, "vocab.json", "merges.txt", "added_tokens.json"])
            foreach (var kind in OddFile.Kinds) data.Add(file, kind);
        return data;
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void What_is_no_plain_file_is_refused_by_its_name_before_it_is_opened(string file, string kind)
    {
        if (!OperatingSystem.IsLinux()) return;
        var read = Template.Contains(file) ? (Action)(() => ChatTemplateFile.Read(_directory)) : () => Tokenizer.Load(_directory);
        if (file is "vocab.json" or "merges.txt" or "added_tokens.json")
        {
            File.Delete(FilePath);
            File.WriteAllText(Path.Combine(_directory, "tokenizer_config.json"), "{\"tokenizer_class\":\"Qwen2Tokenizer\"}");
            File.WriteAllText(Path.Combine(_directory, "vocab.json"), "{}");
            File.WriteAllText(Path.Combine(_directory, "merges.txt"), "#version\n");
        }
        var path = Path.Combine(_directory, file);
        OddFile.Put(kind, path);
        Assert.Equal($"{path}: is empty or no plain file.", Refusal(read));
    }

    [Fact]
    public void A_file_behind_links_is_read_as_the_file_itself()
    {
        if (!OperatingSystem.IsLinux()) return;
        var expected = Tokenizer.Load(_directory).Encode("3+4");
        OddFile.ReplaceByLinks(FilePath);
        Assert.Equal(expected, Tokenizer.Load(_directory).Encode("3+4"));
    }

    [Fact]
    public void A_folder_that_is_a_link_itself_may_hold_links_that_lead_out_of_it()
    {
        if (!OperatingSystem.IsLinux()) return;
        var snapshot = Path.Combine(_directory, "hub", "snapshots", "1");
        Directory.CreateDirectory(snapshot);
        File.Move(FilePath, Path.Combine(_directory, "hub", "blob"));
        File.CreateSymbolicLink(Path.Combine(snapshot, "tokenizer.json"), "../../blob");
        var link = Path.Combine(_directory, "link");
        Directory.CreateSymbolicLink(link, snapshot);
        Assert.NotEmpty(Tokenizer.Load(link).Encode("3+4"));
    }

    [Fact]
    public void A_pointer_of_git_lfs_is_told_from_a_tokenizer()
    {
        File.WriteAllText(FilePath, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7031645\n");
        Assert.Contains("git lfs pull fetches the file", Refusal(() => Tokenizer.Load(_directory)));
    }

    [Fact]
    public void A_split_expression_that_does_not_end_is_refused_within_seconds()
    {
        SetExpression("(a+)+b");
        var tokenizer = Tokenizer.Load(_directory);
        var started = DateTime.UtcNow;
        Assert.Contains("split expression \"(a+)+b\" took more than 2 s", Refusal(() => tokenizer.Encode(new string('a', 50))));
        Assert.InRange(DateTime.UtcNow - started, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void An_honest_text_of_four_megabytes_is_encoded_for_the_limit_is_one_of_each_match()
    {
        SetExpression(@"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+");
        var text = string.Concat(Enumerable.Repeat("So b:=a+4, and 3+4 is 7.\n", (4 << 20) / 25));
        var tokenizer = Tokenizer.Load(_directory);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)).Text);
    }

    private void SetExpression(string expression)
    {
        var root = JsonNode.Parse(File.ReadAllText(FilePath))!;
        root["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject { ["type"] = "Split", ["behavior"] = "Isolated", ["pattern"] = new JsonObject { ["Regex"] = expression } },
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
        };
        File.WriteAllText(FilePath, root.ToJsonString());
    }

    private static string Refusal(Action read) => Assert.Throws<InvalidDataException>(read).Message;
}
