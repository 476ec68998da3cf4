using System.CommandLine;
using AttnPo.Gpu;
using AttnPo.Host.Commands;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;
using AttnPo.Host.Tests.Probing.Judges;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class LabelOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly Command _command = new("probe");
    private readonly LabelOptions _options;

    public LabelOptionsTests() => _options = new(_command);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "given")]
    [InlineData("--label ablation --label given --label ablation", "ablation,given")]
    [InlineData("--label judge --judge-url http://localhost:1/v1 --judge-model m --label ablation", "judge,ablation")]
    public void Sources_stand_in_the_order_in_which_they_are_named(string arguments, string expected)
    {
        var sources = Sources(arguments);
        Assert.Equal(expected, string.Join(",", sources.Select(source => source.Name)));
        foreach (var source in sources.OfType<IDisposable>()) source.Dispose();
    }

    [Theory]
    [InlineData("--ablation-threshold 2", "--ablation-threshold goes with --label ablation")]
    [InlineData("--label ablation --judge-model m", "--judge-model goes with --label judge")]
    [InlineData("--label ablation --judge-estimate", "--judge-estimate goes with --label judge")]
    [InlineData("--label judge --judge-url http://localhost:1/v1", "--judge-model")]
    [InlineData("--label judge --judge-model m", "--judge-url")]
    [InlineData("--label judge --judge-model m --judge-url ftp://localhost/v1", "--judge-url")]
    [InlineData("--label judge --judge-model m --judge-url http://me:secret@localhost/v1", "--judge-url")]
    [InlineData("--label judge --judge-model m --judge-url http://localhost/v1?key=secret", "--judge-url")]
    [InlineData("--label judge --judge-model m --judge-url http://localhost/v1 --judge-key-env ATTNPO_TEST_UNSET", "ATTNPO_TEST_UNSET")]
    public void What_cannot_be_used_is_refused(string arguments, string message)
    {
        var refused = Assert.Throws<SettingsException>(() => Sources(arguments));
        Assert.Contains(message, refused.Message);
        Assert.DoesNotContain("secret", refused.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("--label teacher")]
    [InlineData("--ablation-of prompt")]
    [InlineData("--ablation-threshold NaN")]
    [InlineData("--judge-vote most")]
    [InlineData("--judge-price 1")]
    [InlineData("--judge-price 1,-1")]
    [InlineData("--judge-omit model")]
    [InlineData("--judge-parallel 0")]
    public void Values_out_of_range_are_refused(string arguments) => Assert.NotEmpty(_command.Parse(arguments).Errors);

    [Theory]
    [InlineData("http://192.0.2.1/v1", "", true)]
    [InlineData("http://192.0.2.1/v1", "--judge-insecure", false)]
    [InlineData("https://192.0.2.1/v1", "", false)]
    [InlineData("http://127.0.0.1:1/v1", "", false)]
    public void A_key_leaves_this_machine_encrypted_alone(string url, string more, bool isRefused)
    {
        const string Name = "ATTNPO_TEST_KEY_OF_LABEL_OPTIONS";
        Environment.SetEnvironmentVariable(Name, "sk-secret-0123456789");
        var arguments = $"--label judge --judge-model m --judge-url {url} --judge-key-env {Name} {more}";
        if (!isRefused)
        {
            ((IDisposable)Sources(arguments)[0]).Dispose();
            return;
        }
        var refused = Assert.Throws<SettingsException>(() => Sources(arguments));
        Assert.Contains("--judge-insecure", refused.Message);
        Assert.DoesNotContain("sk-secret", refused.Message);
    }

    [Fact]
    public void A_key_that_no_header_can_hold_is_refused_without_showing_it()
    {
        const string Name = "ATTNPO_TEST_BAD_KEY_OF_LABEL_OPTIONS";
        Environment.SetEnvironmentVariable(Name, "sk-secret\nX-Other: 1");
        var refused = Assert.Throws<SettingsException>(
            () => Sources($"--label judge --judge-model m --judge-url http://localhost:1/v1 --judge-key-env {Name}"));
        Assert.DoesNotContain("sk-secret", refused.Message);
    }

    [Fact]
    public void What_is_too_short_for_a_key_is_refused_without_showing_it()
    {
        const string Name = "ATTNPO_TEST_SHORT_KEY_OF_LABEL_OPTIONS";
        Environment.SetEnvironmentVariable(Name, "qwertyu");
        var refused = Assert.Throws<SettingsException>(
            () => Sources($"--label judge --judge-model m --judge-url http://localhost:1/v1 --judge-key-env {Name}"));
        Assert.Contains(Name, refused.Message);
        Assert.DoesNotContain("qwertyu", refused.Message);
    }

    [Fact]
    public async Task The_estimate_is_printed_and_nothing_is_sent()
    {
        await using var server = await JudgeServer.SayingAsync(_ => "?");
        var parsed = Parse($"--label judge --judge-model m --judge-model n --judge-url {server.Address} --judge-estimate");
        var sources = _options.Sources(parsed, Folder(), new NoScorer(), _folder.Path);
        Assert.True(_options.Estimates(parsed, sources, [MadeResponse.OfText("a", "?", "!", "one", "two")]));
        Assert.StartsWith("judge: 2 judgements, 0 kept from before, 2 requests to send", _output.ToString());
        Assert.Empty(server.Calls);
        ((IDisposable)sources[0]).Dispose();
        Assert.False(_options.Estimates(Parse(""), [], []));
    }

    [Fact]
    public void The_identity_says_what_decides_labels_and_no_more()
    {
        var identity = _options.Identity(Parse(
            "--label judge --label ablation --ablation-of box --ablation-threshold 0.5 --judge-model m --judge-url http://localhost:1/v1 "
            + "--judge-parallel 9"));
        Assert.Equal(
            "label=judge,ablation; ablation-threshold=0.5; ablation-of=box; ablation-over=zero; judge-model=m; judge-vote=majority; judge-max-tokens=4096; judge-omit=",
            string.Join("; ", identity.Select(item => $"{item.Name}={item.Value}")));
    }

    private IReadOnlyList<Host.Probing.ILabelSource> Sources(string arguments) =>
        _options.Sources(Parse(arguments), Folder(), new NoScorer(), _folder.Path);

    private static ModelFolder Folder() => ModelFolder.Open("tiny-reasoner");

    private ParseResult Parse(string arguments)
    {
        var parsed = _command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        parsed.InvocationConfiguration.Output = _output;
        parsed.InvocationConfiguration.Error = TextWriter.Null;
        return parsed;
    }

    private sealed class NoScorer : IScorer
    {
        public IReadOnlyList<ResponseScores> Score(IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation = default) =>
            throw new InvalidOperationException("Nothing is to be scored.");
    }
}
