using AttnPo.Actors.Protocol;
using AttnPo.Host.Metrics;
using Xunit;

namespace AttnPo.Host.Tests.Metrics;

public sealed class TensorBoardProjectionTests
{
    [Fact]
    public void A_run_that_goes_on_has_each_step_once_in_one_file()
    {
        using var folder = new TemporaryFolder();
        var loss = new Dictionary<string, double> { ["train/loss"] = 1 };
        for (var start = 0; start < 2; start++)
        {
            using var projection = new TensorBoardProjection(folder.Path);
            projection.Observe(new RunProtocol.RunOpened(new("r"), new(start), 2, start > 0));
            projection.Observe(new RunProtocol.StepBegun(new(start + 1), 1, 1));
            File.AppendAllText(folder.File("metrics.jsonl"), $"{{\"step\":{start + 1},\"train/loss\":1}}\n");
            projection.Observe(new RunProtocol.StepFinished(new(start + 1), new(start + 1), loss));
        }

        var file = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "tensorboard")));
        Assert.Equal([1, 2], TensorBoardTests.StepsOf(file));
    }

    [Fact]
    public void An_evaluation_that_is_the_first_news_of_a_run_is_there_once()
    {
        using var folder = new TemporaryFolder();
        var accuracy = new Dictionary<string, double> { ["eval/accuracy"] = 0.5 };
        using (var projection = new TensorBoardProjection(folder.Path))
        {
            projection.Observe(new RunProtocol.RunOpened(new("r"), new(0), 2, false));
            File.AppendAllText(folder.File("metrics.jsonl"), "{\"step\":0,\"eval/accuracy\":0.5}\n");
            projection.Observe(new RunProtocol.EvaluationFinished(new(0), new(0), accuracy));
            projection.Observe(new RunProtocol.EvaluationFinished(new(2), new(2), accuracy));
        }

        var file = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "tensorboard")));
        Assert.Equal([0, 2], TensorBoardTests.StepsOf(file));
    }

    [Fact]
    public void A_look_at_the_heads_that_stands_in_the_file_already_is_there_once()
    {
        using var folder = new TemporaryFolder();
        var figures = new Dictionary<string, double> { ["heads/pearson"] = 0.5 };
        using (var projection = new TensorBoardProjection(folder.Path))
        {
            projection.Observe(new RunProtocol.RunOpened(new("r"), new(0), 2, false));
            File.AppendAllText(folder.File("metrics.jsonl"), "{\"step\":0,\"heads/pearson\":0.5}\n");
            projection.Observe(new RunProtocol.HeadsWatched(new(0), new(0), figures));
            projection.Observe(new RunProtocol.HeadsWatched(new(2), new(2), figures));
        }

        var file = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "tensorboard")));
        Assert.Equal([0, 2], TensorBoardTests.StepsOf(file));
    }
}
