using AttnPo.Host.Probing.Judges;
using Xunit;

namespace AttnPo.Host.Tests.Probing.Judges;

public sealed class JudgementCacheTests : IDisposable
{
    private static readonly JudgeSettings Settings = new() { Endpoint = new("http://localhost/v1"), Models = ["m"] };
    private static readonly JudgeRequest Request = JudgeRequest.Of("m", "?", Settings, 0);
    private static readonly JudgeReply Reply = new("line\nand \"quotes\" \u2028 é", "stop", 12, 34);

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _notices = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_kept_is_found_again()
    {
        using (var cache = new JudgementCache(_folder.Path, _notices)) cache.Add(Request, "row-1", Reply);
        Assert.Contains("\"response\":\"row-1\"", File.ReadAllText(_folder.File(JudgementCache.FileName)));
        using var again = new JudgementCache(_folder.Path, _notices);
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
        using (var cache = new JudgementCache(_folder.Path, _notices)) cache.Add(Request, "a", Reply);
        File.AppendAllText(_folder.File(JudgementCache.FileName), "{\"key\":");
        var other = JudgeRequest.Of("m", "?", Settings, 1);
        using (var cache = new JudgementCache(_folder.Path, _notices)) cache.Add(other, "a", Reply);
        using var again = new JudgementCache(_folder.Path, _notices);
        Assert.Equal(Reply, again.Find(Request));
        Assert.Equal(Reply, again.Find(other));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"key\":\"k\"}")]
    [InlineData("{\"key\":\"k\",\"answer\":1,\"tokens_in\":1,\"tokens_out\":1}")]
    [InlineData("{\"key\":\"k\",\"answer\":\"a\",\"tokens_in\":-1,\"tokens_out\":1}")]
    [InlineData("{\"key\":\"k\",\"answer\":\"a\",\"tokens_in\":1.5,\"tokens_out\":1}")]
    [InlineData("{\"key\":\"k\",\"answer\":\"a\",\"tokens_in\":1,\"tokens_out\":1e30}")]
    public void A_damaged_line_is_named_and_costs_its_own_answer_alone(string line)
    {
        var other = JudgeRequest.Of("m", "?", Settings, 1);
        using (var cache = new JudgementCache(_folder.Path, _notices)) cache.Add(Request, "a", Reply);
        Assert.Empty(_notices.ToString());
        File.AppendAllText(_folder.File(JudgementCache.FileName), line + "\n" + line + "\n");
        using (var cache = new JudgementCache(_folder.Path, _notices)) cache.Add(other, "a", Reply);
        Assert.Contains(JudgementCache.FileName + ":2: ", _notices.ToString());
        Assert.Contains("; 2 damaged lines ", _notices.ToString());
        using var again = new JudgementCache(_folder.Path, _notices);
        Assert.Equal(Reply, again.Find(Request));
        Assert.Equal(Reply, again.Find(other));
    }

    [Fact]
    public void Counts_of_tokens_may_be_larger_than_an_int()
    {
        var reply = Reply with { TokensIn = 3_000_000_000, TokensOut = 4_000_000_000 };
        using (var cache = new JudgementCache(_folder.Path, _notices)) cache.Add(Request, "a", reply);
        using var again = new JudgementCache(_folder.Path, _notices);
        Assert.Equal(reply, again.Find(Request));
        Assert.Empty(_notices.ToString());
    }

    [Fact]
    public void Two_commands_cannot_write_it()
    {
        using var cache = new JudgementCache(_folder.Path, _notices);
        Assert.Throws<WorkFailedException>(() => new JudgementCache(_folder.Path, _notices));
    }

    [Fact]
    public void A_folder_in_its_place_is_named()
    {
        Directory.CreateDirectory(_folder.File(JudgementCache.FileName));
        var failed = Assert.ThrowsAny<Exception>(() => new JudgementCache(_folder.Path, _notices));
        Assert.Contains(JudgementCache.FileName, failed.Message);
    }
}
