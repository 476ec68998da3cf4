using AttnPo.Actors.Pipeline;
using Xunit;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class DeviceThreadTests
{
    [Fact]
    public async Task All_calls_run_in_order_on_the_thread_that_made_the_engine_and_disposes_it()
    {
        Engine? engine = null;
        var order = new List<int>();
        await using (var device = new DeviceThread<Engine>("test", () => engine = new Engine(), _ => { }))
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => device.RunAsync((used, _) => { used.Check(); order.Add(i); return i; }, default)));
        }
        Assert.Equal(Enumerable.Range(0, 20), order);
        Assert.True(engine!.IsDisposed);
    }

    [Fact]
    public async Task An_engine_that_has_thrown_is_disposed_and_the_next_call_gets_a_new_one()
    {
        var made = new List<Engine>();
        await using var device = new DeviceThread<Engine>("test", () => { made.Add(new Engine()); return made[^1]; }, _ => { });
        await Assert.ThrowsAsync<IOException>(() => device.RunAsync<int>((_, _) => throw new IOException(), default));
        Assert.Equal(1, await device.RunAsync((_, _) => 1, default));
        Assert.Equal([true, false], made.Select(engine => engine.IsDisposed));
    }

    [Fact]
    public async Task A_failure_at_an_engines_end_is_told_and_neither_hides_the_calls_failure_nor_ends_the_thread()
    {
        var told = new List<Exception>();
        var engines = 0;
        var device = new DeviceThread<Engine>("test", () => new Engine { Stubborn = ++engines < 3 }, told.Add);
        await Assert.ThrowsAsync<TimeoutException>(() => device.RunAsync<int>((_, _) => throw new TimeoutException(), default));
        Assert.Equal("stubborn", Assert.Single(told).Message);

        Assert.Equal(1, await device.RunAsync((_, _) => 1, default));
        device.Renew();
        Assert.Equal(3, await device.RunAsync((_, _) => engines, default));
        Assert.Equal(2, told.Count);
        await device.DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_is_cancelled_while_it_waits_never_runs()
    {
        using var release = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        await using var device = new DeviceThread<Engine>("test", () => new Engine(), _ => { });
        var first = device.RunAsync((_, _) => { release.Wait(); return 0; }, default);
        var ran = false;
        var second = device.RunAsync((_, _) => ran = true, cancellation.Token);
        await cancellation.CancelAsync();
        release.Set();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(ran);
    }

    [Fact]
    [Trait("Contract", "C6")]
    public async Task The_queue_is_bounded_and_a_call_too_many_fails_instead_of_waiting()
    {
        using var release = new ManualResetEventSlim();
        await using var device = new DeviceThread<Engine>("test", () => new Engine(), _ => { });
        var calls = Enumerable.Range(0, 80).Select(_ => device.RunAsync((_, _) => { release.Wait(); return 0; }, default)).ToArray();
        Assert.Contains(calls, call => call.IsFaulted);
        release.Set();
        await Task.WhenAny(Task.WhenAll(calls));
    }

    private sealed class Engine : IDisposable
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public bool Stubborn { get; init; }

        public bool IsDisposed { get; private set; }

        public void Check() => Assert.Equal(_thread, Environment.CurrentManagedThreadId);

        public void Dispose()
        {
            Check();
            if (Stubborn) throw new IOException("stubborn");
            IsDisposed = true;
        }
    }
}
