using AttnPo.Host.Chaos;
using Xunit;

namespace AttnPo.Host.Tests.Chaos;

/// <summary>What chaos calls equal and what it calls a difference: a run directory and a copy of it in which something was changed.</summary>
public sealed class RunComparisonTests : IDisposable
{
    private const int Steps = 2;

    private static readonly string Weights = Path.Combine("checkpoints", "step-000002", "model.safetensors");

    private static readonly string Optimizer = Path.Combine("checkpoints", "step-000002", "optimizer.safetensors");

    private static readonly string Rollouts = Path.Combine("rollouts", "step-000001", "wave-0000-rollouts-aa.jsonl");

    private readonly TemporaryFolder _folder = new();

    public RunComparisonTests()
    {
        foreach (var run in new[] { Left, Right })
        {
            Put(run, Weights, "the weights of step 2");
            Put(run, Optimizer, "the moments of step 2");
            Put(run, "metrics.jsonl", Metrics("0.25", time: "1.5"));
            Put(run, Rollouts, "what wave 0 wrote");
            Put(run, Path.Combine("rollouts", "step-000002", "wave-0000-judgement-bb.jsonl"), "what it came to");
        }
    }

    private string Left => _folder.File("left");

    private string Right => _folder.File("right");

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Contract", "C3")]
    public void Equal_runs_have_no_difference_and_each_part_says_how_much_was_compared()
    {
        var compared = RunComparison.Of(Left, Right, Steps);

        Assert.All(compared, part => Assert.Null(part.Difference));
        Assert.Equal(
            [("weights", 1), ("optimizer state", 1), ("metrics", 6), ("rollouts and judgements", 2)], compared.Select(part => (part.What, part.Count)));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void Times_alone_may_differ()
    {
        Put(Right, "metrics.jsonl", Metrics("0.25", time: "99"));

        Assert.All(RunComparison.Of(Left, Right, Steps), part => Assert.Null(part.Difference));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void A_bit_of_the_weights_is_a_difference()
    {
        FlipBit(Weights);
        AssertOnlyDifference("weights", "");
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void A_bit_of_the_optimizer_state_is_a_difference()
    {
        FlipBit(Optimizer);
        AssertOnlyDifference("optimizer state", "");
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void The_last_digit_of_a_metric_is_a_difference_and_is_named_with_its_step()
    {
        Put(Right, "metrics.jsonl", Metrics("0.25000000000000006", time: "1.5"));
        AssertOnlyDifference("metrics", "step 2: train/loss 0.25 became step 2: train/loss 0.25000000000000006");
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void A_line_of_metrics_too_many_is_a_difference()
    {
        Put(Right, "metrics.jsonl", Metrics("0.25", time: "1.5") + """{"step":3,"train/loss":0.125}""" + "\n");
        AssertOnlyDifference("metrics", "nothing became step 3: step 3");
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void A_rollout_file_that_is_gone_is_a_difference()
    {
        File.Delete(Path.Combine(Right, Rollouts));
        AssertOnlyDifference("rollouts and judgements", Path.GetFileName(Rollouts));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void A_rollout_file_too_many_is_a_difference()
    {
        Put(Right, Path.Combine("rollouts", "step-000002", "wave-0001-rollouts-cc.jsonl"), "made twice");
        AssertOnlyDifference("rollouts and judgements", "nothing became");
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void A_bit_of_a_rollout_file_is_a_difference()
    {
        FlipBit(Rollouts);
        AssertOnlyDifference("rollouts and judgements", Path.GetFileName(Rollouts));
    }

    [Fact]
    public void What_neither_run_has_is_not_equal()
    {
        foreach (var run in new[] { Left, Right }) Directory.Delete(run, recursive: true);

        var compared = RunComparison.Of(Left, Right, Steps);

        Assert.Equal(4, compared.Count);
        Assert.All(compared, part => Assert.Equal((0, "neither run has any"), (part.Count, part.Difference)));
    }

    private void AssertOnlyDifference(string what, string how)
    {
        var part = Assert.Single(RunComparison.Of(Left, Right, Steps), part => part.Difference is not null);
        Assert.Equal(what, part.What);
        Assert.Contains(how, part.Difference, StringComparison.Ordinal);
    }

    private void FlipBit(string name)
    {
        var path = Path.Combine(Right, name);
        var content = File.ReadAllBytes(path);
        content[^1] ^= 1;
        File.WriteAllBytes(path, content);
    }

    private static void Put(string run, string name, string content)
    {
        var path = Path.Combine(run, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private static string Metrics(string loss, string time) =>
        $$"""
        {"step":1,"train/loss":0.5,"eval/accuracy":0.75,"time/step_s":{{time}},"tokens_per_s":{{time}}}
        {"step":2,"train/loss":{{loss}},"reward/mean":0.5,"time/step_s":{{time}},"tokens_per_s":{{time}}}

        """;
}
