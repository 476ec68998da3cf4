using AttnPo.Actors.Faults;
using CsCheck;
using Xunit;

namespace AttnPo.Actors.Tests.Faults;

public sealed class FaultPlanTests
{
    [Fact]
    public void A_plan_without_faults_passes_every_point_and_allocates_nothing()
    {
        var points = Enum.GetValues<FaultPoint>();
        Assert.All(points, point => Assert.True(FaultPlan.None.Pass(point, "no/such/file")));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) FaultPlan.None.Pass(points[i % points.Length]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_fault_acts_after_so_many_passings_of_its_point_and_so_many_times() =>
        Gen.Select(Gen.Int[0, 5], Gen.OneOf(Gen.Const(Fault.Always), Gen.Int[1, 5]), Gen.Int[0, 12]).Sample((after, times, passings) =>
        {
            var plan = Plan(new Fault { Point = FaultPoint.Judged, Action = FaultAction.Drop, After = after, Times = times });
            var lost = Enumerable.Range(0, passings).Where(_ => !Pass()).ToArray();
            Assert.Equal(Enumerable.Range(0, passings).Skip(after).Take(times), lost);

            bool Pass()
            {
                Assert.True(plan.Pass(FaultPoint.Scored));
                return plan.Pass(FaultPoint.Judged);
            }
        });

    [Fact]
    public async Task Passings_are_counted_from_many_threads()
    {
        const int threads = 8, passings = 5_000;
        var plan = Plan(new Fault { Point = FaultPoint.Sample, Action = FaultAction.Drop, After = 1_234, Times = 4_321 });
        using var together = new Barrier(threads);
        var lost = await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                return Enumerable.Range(0, passings).Count(_ => !plan.Pass(FaultPoint.Sample));
            },
            TaskCreationOptions.LongRunning)));
        Assert.Equal(4_321, lost.Sum());
    }

    [Fact]
    public void Each_fault_counts_for_itself_also_what_another_throws_at()
    {
        var plan = Plan(
            new Fault { Point = FaultPoint.Generated, Action = FaultAction.Throw },
            new Fault { Point = FaultPoint.Generated, Action = FaultAction.Drop, After = 1 });
        Assert.Throws<InjectedFaultException>(() => plan.Pass(FaultPoint.Generated));
        Assert.False(plan.Pass(FaultPoint.Generated));
        Assert.True(plan.Pass(FaultPoint.Generated));
    }

    [Fact]
    public void What_is_thrown_names_the_point()
    {
        var plan = Plan(new Fault { Point = FaultPoint.CheckpointWrite, Action = FaultAction.Throw });
        var fault = Assert.Throws<InjectedFaultException>(() => plan.Pass(FaultPoint.CheckpointWrite));
        Assert.Equal((FaultPoint.CheckpointWrite, "A fault was injected at checkpoint-write."), (fault.Point, fault.Message));
    }

    [Fact]
    public void A_delay_lets_the_thread_that_passes_sleep()
    {
        var plan = Plan(new Fault { Point = FaultPoint.Verify, Action = FaultAction.Delay, Delay = TimeSpan.FromHours(1) });
        Exception? woken = null;
        var passing = new Thread(() => woken = Record.Exception(() => plan.Pass(FaultPoint.Verify)));
        passing.Start();
        SpinWait.SpinUntil(() => (passing.ThreadState & ThreadState.WaitSleepJoin) != 0);
        passing.Interrupt();
        passing.Join();
        Assert.Contains("Thread.Sleep", Assert.IsType<ThreadInterruptedException>(woken).StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_delay_the_message_is_sent()
    {
        var plan = Plan(new Fault { Point = FaultPoint.Scored, Action = FaultAction.Delay, Delay = TimeSpan.FromTicks(1) });
        Assert.True(plan.Pass(FaultPoint.Scored));
    }

    [Fact]
    public void A_crash_kills_at_the_point()
    {
        var killedOn = new List<int>();
        var plan = new FaultPlan(
            [new Fault { Point = FaultPoint.Commit, Action = FaultAction.Crash, After = 1 }],
            () => killedOn.Add(Environment.CurrentManagedThreadId));
        plan.Pass(FaultPoint.Commit);
        Assert.Empty(killedOn);
        plan.Pass(FaultPoint.Commit);
        Assert.Equal([Environment.CurrentManagedThreadId], killedOn);
    }

    [Fact]
    public async Task A_crash_with_a_delay_kills_from_another_thread_while_the_passing_one_goes_on()
    {
        var killed = new TaskCompletionSource<int>();
        using var passed = new ManualResetEventSlim();
        var plan = new FaultPlan(
            [new Fault { Point = FaultPoint.Commit, Action = FaultAction.Crash, Delay = TimeSpan.FromMilliseconds(1) }],
            () =>
            {
                // Would wait in vain on the thread that passes.
                passed.Wait();
                killed.SetResult(Environment.CurrentManagedThreadId);
            });
        Assert.True(plan.Pass(FaultPoint.Commit));
        var passing = Environment.CurrentManagedThreadId;
        passed.Set();
        Assert.NotEqual(passing, await killed.Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_plan_says_where_faults_wait()
    {
        var plan = Plan(new Fault { Point = FaultPoint.Journal, Action = FaultAction.Throw, After = 9 });
        Assert.Equal([FaultPoint.Journal], Enum.GetValues<FaultPoint>().Where(plan.Has));
        Assert.DoesNotContain(Enum.GetValues<FaultPoint>(), FaultPlan.None.Has);
    }

    [Theory]
    [InlineData(FaultAction.Drop, 0, 1, 0, "action=drop is not possible at point=generate")]
    [InlineData(FaultAction.Throw, -1, 1, 0, "after=-1 is not a whole number")]
    [InlineData(FaultAction.Throw, 0, 0, 0, "times=0 is neither a whole number")]
    [InlineData(FaultAction.Delay, 0, 1, -1, "delay=-1000ms is longer than a day or negative")]
    [InlineData(FaultAction.Delay, 0, 1, 100_000, "delay=100000000ms is longer than a day or negative")]
    public void A_fault_that_is_not_possible_is_refused(FaultAction action, int after, int times, int delay, string reason)
    {
        var fault = new Fault
        {
            Point = FaultPoint.Generate, Action = action, After = after, Times = times, Delay = TimeSpan.FromSeconds(delay),
        };
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => Plan(fault)).Message, StringComparison.Ordinal);
    }

    private static FaultPlan Plan(params Fault[] faults) => new(faults);
}
