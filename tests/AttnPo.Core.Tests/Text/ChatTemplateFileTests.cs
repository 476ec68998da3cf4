using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public sealed class ChatTemplateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("attnpo-template-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_directory, file), text);

    [Fact]
    public void The_file_of_its_own_stands_above_the_settings()
    {
        Write(ChatTemplateFile.ConfigFileName, "{\"chat_template\":\"a\"}");
        Assert.Equal("a", ChatTemplateFile.Read(_directory));
        Write(ChatTemplateFile.FileName, "b");
        Assert.Equal("b", ChatTemplateFile.Read(_directory));
    }

    [Theory]
    [InlineData("{\"chat_template\":[{\"name\":\"tool_use\",\"template\":\"t\"},{\"name\":\"default\",\"template\":\"d\"}]}", "d")]
    [InlineData("{\"chat_template\":[{\"name\":\"tool_use\",\"template\":\"t\"}]}", null)]
    [InlineData("{\"chat_template\":[]}", null)]
    [InlineData("{\"chat_template\":null}", null)]
    [InlineData("{}", null)]
    public void Of_several_templates_the_default_is_taken(string config, string? template)
    {
        Write(ChatTemplateFile.ConfigFileName, config);
        Assert.Equal(template, ChatTemplateFile.Read(_directory));
    }

    [Fact]
    public void A_folder_without_both_files_has_none() => Assert.Null(ChatTemplateFile.Read(_directory));

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"chat_template\":3}")]
    [InlineData("{\"chat_template\":[3]}")]
    [InlineData("{\"chat_template\":[{\"name\":\"default\"}]}")]
    [InlineData("{\"chat_template\":\"\\ud800\"}")]
    [InlineData("{\"chat_template\":[{\"name\":\"\\ud800\",\"template\":\"t\"}]}")]
    [Trait("Contract", "C9")]
    public void Settings_that_hold_no_template_where_one_should_be_are_refused_by_name(string config)
    {
        Write(ChatTemplateFile.ConfigFileName, config);
        Assert.Contains(_directory, Assert.Throws<InvalidDataException>(() => ChatTemplateFile.Read(_directory)).Message);
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_template_of_absurd_size_is_refused_before_it_is_read()
    {
        using (var file = File.OpenWrite(Path.Combine(_directory, ChatTemplateFile.FileName))) file.SetLength(1L << 40);
        Assert.Contains("1099511627776 bytes", Assert.Throws<InvalidDataException>(() => ChatTemplateFile.Read(_directory)).Message);
    }
}
