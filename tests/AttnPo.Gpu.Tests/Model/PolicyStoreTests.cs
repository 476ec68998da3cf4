using AttnPo.Gpu.Model;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Model;

public sealed class PolicyStoreTests
{
    private static readonly ModelConfig Config = new(16, 24, 1, 2, 1, 8, 32, 64, 1e-6, 10000, TiedHead: true);

    [Fact]
    public void A_published_version_stays_as_it_was_when_training_goes_on()
    {
        using var store = new PolicyStore();
        using var policy = Decoder.Random(Config, 1);
        using var reader = Decoder.Random(Config, 2);
        var published = policy.Values();
        store.Publish(7, policy);
        using (no_grad()) policy.Weights[0].Weight.add_(1);
        store.CopyTo(7, reader);
        Assert.Equal(published, reader.Values());
        Assert.Equal(7, store.Newest);
    }

    [Fact]
    public void The_oldest_version_makes_room()
    {
        using var store = new PolicyStore(capacity: 2);
        using var policy = Decoder.Random(Config, 1);
        foreach (var version in new long[] { 1, 2, 3 }) store.Publish(version, policy);
        store.CopyTo(2, policy);
        var error = Assert.Throws<InvalidOperationException>(() => store.CopyTo(1, policy));
        Assert.Equal("policy version 1 is not held; held: 2, 3", error.Message);
    }

    [Fact]
    public void Going_back_to_an_earlier_version_voids_the_later_ones()
    {
        using var store = new PolicyStore(capacity: 3);
        using var policy = Decoder.Random(Config, 1);
        foreach (var version in new long[] { 4, 5, 6, 4 }) store.Publish(version, policy);
        Assert.Equal(4, store.Newest);
        Assert.Throws<InvalidOperationException>(() => store.CopyTo(5, policy));
    }

    [Fact, Trait("Contract", "C6")]
    public void Publishing_on_and_on_keeps_as_many_tensors_as_at_first()
    {
        using var store = new PolicyStore();
        using var policy = Decoder.Random(Config, 1);
        store.Publish(0, policy);
        store.Publish(1, policy);
        var live = LiveTensors.Count(() =>
        {
            for (var version = 2; version < 30; version++) store.Publish(version, policy);
        });
        Assert.Equal(0, live);
    }

    [Fact]
    public async Task Readers_and_a_publisher_on_other_threads_never_see_a_mixture()
    {
        using var store = new PolicyStore(capacity: 40);
        using var policy = Decoder.Random(Config, 1);
        Fill(policy, 0);
        store.Publish(0, policy);
        var publisher = Task.Run(() =>
        {
            for (var version = 1; version < 40; version++)
            {
                Fill(policy, version);
                store.Publish(version, policy);
            }
        });
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            using var reader = Decoder.Random(Config, 2);
            for (var i = 0; i < 40; i++)
            {
                var version = store.Newest!.Value;
                store.CopyTo(version, reader);
                Assert.All(reader.Values(), value => Assert.Equal(version, value));
            }
        }));
        await Task.WhenAll(readers.Append(publisher));
    }

    private static void Fill(Decoder decoder, double value)
    {
        using var gradients = no_grad();
        foreach (var (_, weight) in decoder.Weights) weight.fill_(value);
    }
}
