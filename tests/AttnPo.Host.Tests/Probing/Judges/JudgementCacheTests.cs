using AttnPo.Host.Probing.Judges;
using Xunit;

namespace AttnPo.Host.Tests.Probing.Judges;

public sealed class JudgementCacheTests : IDisposable
{
    private static readonly JudgeSettings Settings = new() { Endpoint = new("http://localhost/v1"), Models = ["m"] };
    private static readonly JudgeRequest Request = JudgeRequest.Of("m", "?", Settings, 0);
    private static readonly JudgeReply Reply = new("line\nand \"quotes\" \u2028 é", "stop", 12, 34);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_kept_is_found_again()
    {
        using (var cache = new JudgementCache(_folder.Path)) cache.Add(Request, "row-1", Reply);
        Assert.Contains("\"response\":\"row-1\"", File.ReadAllText(_folder.File(JudgementCache.FileName)));
        using var again = new JudgementCache(_folder.Path);
        Assert.Equal(Reply, again.Find(Request));
    }

    [Fact]
    public void The_key_is_of_model_prompt_parameters_and_attempt()
    {
        JudgeRequest[] requests =
        [
            Request,
            JudgeRequest.Of("n", "?", Settings, 0),
            JudgeRequest.Of("m", "!", Settings, 0),
            JudgeRequest.Of("m", "?", Settings with { MaxTokens = 1 }, 0),
            JudgeRequest.Of("m", "?", Settings, 1),
            JudgeRequest.Of("m", "?", Settings with { Omitted = ["seed"] }, 0),
            JudgeRequest.Of("m", "?", Settings with { Omitted = ["seed"] }, 1),
        ];
        Assert.Equal(requests.Length, requests.Select(request => request.Key).Distinct().Count());
        Assert.Equal(Request.Key, JudgeRequest.Of("m", "?", Settings with { Endpoint = new("https://example.org"), Parallel = 9 }, 0).Key);
    }

    [Fact]
    public void A_torn_last_line_is_dropped_and_the_next_answer_stands_on_a_line_of_its_own()
    {
        using (var cache = new JudgementCache(_folder.Path)) cache.Add(Request, "a", Reply);
        File.AppendAllText(_folder.File(JudgementCache.FileName), "{\"key\":");
        var other = JudgeRequest.Of("m", "?", Settings, 1);
        using (var cache = new JudgementCache(_folder.Path)) cache.Add(other, "a", Reply);
        using var again = new JudgementCache(_folder.Path);
        Assert.Equal(Reply, again.Find(Request));
        Assert.Equal(Reply, again.Find(other));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"key\":\"k\"}")]
    [InlineData("{\"key\":\"k\",\"answer\":1,\"tokens_in\":1,\"tokens_out\":1}")]
    public void A_damaged_line_is_named(string line)
    {
        using (var cache = new JudgementCache(_folder.Path)) cache.Add(Request, "a", Reply);
        File.AppendAllText(_folder.File(JudgementCache.FileName), line + "\n");
        var failed = Assert.Throws<WorkFailedException>(() => new JudgementCache(_folder.Path));
        Assert.Contains(JudgementCache.FileName + ":2: ", failed.Message);
    }

    [Fact]
    public void Two_commands_cannot_write_it()
    {
        using var cache = new JudgementCache(_folder.Path);
        Assert.Throws<WorkFailedException>(() => new JudgementCache(_folder.Path));
    }

    [Fact]
    public void A_folder_in_its_place_is_named()
    {
        Directory.CreateDirectory(_folder.File(JudgementCache.FileName));
        var failed = Assert.ThrowsAny<Exception>(() => new JudgementCache(_folder.Path));
        Assert.Contains(JudgementCache.FileName, failed.Message);
    }
}
