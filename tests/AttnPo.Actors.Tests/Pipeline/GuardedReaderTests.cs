using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Actor;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Actors.Tests.Pipeline;

[Trait("Contract", "C5")]
public sealed class GuardedReaderTests : StageSpec
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(5);
    private readonly EndlessReading _readings = new();

    [Fact]
    public async Task A_reading_that_never_comes_back_is_over_budget_and_the_next_is_served()
    {
        using var reader = Reader();
        var endless = Read(reader, 1, "endless");
        var next = Read(reader, 2);

        Assert.Equal(Verdict.OverBudget, (await endless).Verdict);
        Assert.Equal(Verdict.Wrong, (await next).Verdict);
    }

    [Fact]
    public async Task A_program_has_the_time_of_its_tests_beside_the_budget()
    {
        var settings = new RewardVerifierSettings { Budget = EndlessReading.Budget, CodeTime = EndlessReading.Patience };
        using var reader = new GuardedReader(
            (tokens, truncated, gold) =>
            {
                Thread.Sleep(2 * EndlessReading.Budget);
                return _readings.Read(tokens, truncated, gold);
            },
            settings.BudgetOf);
        Assert.Equal(Verdict.Wrong, (await reader.ReadAsync("code", [1], false, new Gold("4", AnswerKind.Code), default)).Verdict);
        Assert.Equal(Verdict.OverBudget, (await reader.ReadAsync("choice", [1], false, new Gold("4", AnswerKind.Choice), default)).Verdict);
        Assert.Equal(Verdict.OverBudget, (await reader.ReadAsync("math", [1], false, "4", default)).Verdict);
    }

    [Fact]
    public async Task Time_in_the_queue_is_not_charged()
    {
        var budget = TimeSpan.FromSeconds(2);
        using var reader = new GuardedReader(
            (tokens, truncated, gold) =>
            {
                if (gold.Text == "slow") Thread.Sleep(budget * 0.6);
                return _readings.Read(tokens, truncated, gold);
            },
            _ => budget);
        // The endless one uses up as much time as the slow one behind it has, and that needs more than half of it.
        var outcomes = await Task.WhenAll(Read(reader, 1, "endless"), Read(reader, 2, "slow"));
        Assert.Equal([Verdict.OverBudget, Verdict.Wrong], outcomes.Select(outcome => outcome.Verdict));
    }

    [Fact]
    public async Task The_deadline_holds_whichever_thread_asks()
    {
        using var reader = Reader(mostAbandoned: 3);
        var ofPool = await Task.Run(() => Read(reader, 1, "endless"));

        VerificationOutcome ofThread = new(null, new InvalidOperationException("not asked"));
        var thread = new Thread(() => ofThread = Read(reader, 2, "endless").GetAwaiter().GetResult());
        thread.Start();
        Assert.True(thread.Join(EndlessReading.Patience));

        Sys.ActorOf(Props.Create(() => new Asking(reader, TestActor)));
        var ofActor = ExpectMsg<VerificationOutcome>();

        Assert.All((VerificationOutcome[])[ofPool, ofThread, ofActor], outcome => Assert.Equal(VerificationOutcome.OverBudget, outcome));
        Assert.Equal(3, _readings.Begun);
    }

    [Fact]
    public async Task Poison_is_answered_without_being_read_again()
    {
        using var reader = Reader();
        // The second waits behind the first: it is answered too, as soon as its like has proved poison.
        var outcomes = await Task.WhenAll(Read(reader, 1, "endless"), Read(reader, 1, "endless"));
        Assert.Equal([Verdict.OverBudget, Verdict.OverBudget], outcomes.Select(outcome => outcome.Verdict));
        Assert.Equal(Verdict.OverBudget, (await Read(reader, 1, "endless")).Verdict);
        Assert.Equal(1, _readings.Begun);
    }

    [Fact]
    public async Task When_too_many_never_come_back_readings_fail_and_say_what_is_stuck_until_one_ends()
    {
        using var reader = Reader(mostAbandoned: 2);
        var stuck = Enumerable.Range(1, 2).Select(token => Read(reader, token, "endless")).ToArray();
        var waiting = Read(reader, 3);
        await Task.WhenAll(stuck);

        var refusal = await Assert.ThrowsAsync<VerificationStuckException>(() => waiting);
        Assert.Contains("2 verifications outlived their budget", refusal.Message);
        Assert.Contains("response 1 (for ", refusal.Message);
        Assert.Contains(" of 0.5 s)", refusal.Message);
        Assert.Contains("response 2 (for ", refusal.Message);
        Assert.Contains("must be mended", refusal.Message);
        await Assert.ThrowsAsync<VerificationStuckException>(() => Read(reader, 3));
        Assert.Equal(Verdict.OverBudget, (await Read(reader, 1, "endless")).Verdict);
        Assert.Equal(2, _readings.Begun);

        _readings.LetGo();
        Assert.Equal(Verdict.Wrong, (await OnceThereIsAThread(reader, 3)).Verdict);
    }

    [Fact]
    public async Task A_late_result_is_discarded_and_its_thread_reads_nothing_more()
    {
        var threads = new List<Thread>();
        using var letGo = new ManualResetEventSlim();
        using var reader = new GuardedReader(
            (_, _, gold) =>
            {
                threads.Add(Thread.CurrentThread);
                if (gold.Text == "endless") letGo.Wait();
                return new ReadResponse("late", Verdict.Correct, gold.Text, -1, [], []);
            },
            _ => EndlessReading.Budget);
        var outcome = await Read(reader, 1, "endless");
        letGo.Set();
        Assert.True(threads[0].Join(EndlessReading.Patience));

        Assert.Equal(Verdict.OverBudget, outcome.Verdict);
        Assert.Equal(Verdict.OverBudget, (await Read(reader, 1, "endless")).Verdict);
        Assert.Equal(Verdict.Correct, (await Read(reader, 1, "another")).Verdict);
        Assert.Equal(2, threads.Distinct().Count());
    }

    [Fact]
    public async Task What_a_reading_throws_is_its_outcome_and_costs_no_thread()
    {
        var thread = new List<int>();
        using var reader = new GuardedReader(
            (tokens, _, gold) =>
            {
                thread.Add(Environment.CurrentManagedThreadId);
                return gold.Text == "no" ? throw new OperationCanceledException("the grader's own") : _readings.Read(tokens, false, gold);
            },
            _ => Ample);
        var outcome = await Read(reader, 1, "no");
        Assert.Equal((Verdict.Failed, "the grader's own"), (outcome.Verdict, outcome.Failure?.Message));
        Assert.Equal(Verdict.Wrong, (await Read(reader, 1)).Verdict);
        Assert.Single(thread.Distinct());
    }

    [Fact]
    public async Task A_reading_has_room_for_deep_recursion()
    {
        using var reader = new GuardedReader(
            (_, _, _) => new ReadResponse("", RecursesTo(12_000) ? Verdict.Correct : Verdict.Wrong, null, -1, [], []), _ => Ample);
        Assert.Equal(Verdict.Correct, (await Read(reader, 1)).Verdict);
    }

    [Fact]
    public async Task A_reading_that_is_cancelled_while_it_waits_never_runs()
    {
        using var cancellation = new CancellationTokenSource();
        using var reader = Reader(budget: Ample);
        var endless = Read(reader, 1, "endless");
        var waiting = reader.ReadAsync("response 2", [2], false, "4", cancellation.Token);
        await cancellation.CancelAsync();
        _readings.LetGo();
        await endless;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, _readings.Begun);
    }

    [Fact]
    public async Task Disposed_it_leaves_nobody_waiting_and_reads_nothing_more()
    {
        var reader = Reader(budget: Ample);
        var endless = Read(reader, 1, "endless");
        Assert.True(SpinWait.SpinUntil(() => _readings.Begun == 1, EndlessReading.Patience));
        var waiting = Read(reader, 2);
        reader.Dispose();
        reader.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless.WaitAsync(EndlessReading.Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(EndlessReading.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Read(reader, 3));
        Assert.Equal(1, _readings.Begun);
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void The_poison_list_is_bounded_and_forgets_the_oldest()
    {
        var poison = new PoisonList(3);
        foreach (var key in (string[])["a", "b", "b", "c", "d"]) poison.Add(key);
        Assert.Equal([false, true, true, true], ((string[])["a", "b", "c", "d"]).Select(poison.Contains));
    }

    [Fact]
    public void A_budget_is_a_time_that_can_be_waited_for()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), new RewardVerifierSettings().BudgetOf(AnswerKind.Math));
        Assert.Equal(TimeSpan.FromSeconds(65), new RewardVerifierSettings().BudgetOf(AnswerKind.Code));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RewardVerifierSettings { CodeTime = TimeSpan.FromMinutes(61) });
        foreach (var budget in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(61), TimeSpan.MaxValue])
            Assert.Throws<ArgumentOutOfRangeException>(() => new RewardVerifierSettings { Budget = budget });
    }

    [Fact]
    public void Inputs_that_differ_in_anything_have_different_keys()
    {
        string[] keys =
        [
            PoisonList.KeyOf([1, 2], false, "4"), PoisonList.KeyOf([1, 2], true, "4"), PoisonList.KeyOf([2, 1], false, "4"),
            PoisonList.KeyOf([1, 2], false, "5"), PoisonList.KeyOf(['4', 2], false, ""), PoisonList.KeyOf([2], false, "4\0"),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], PoisonList.KeyOf([1, 2], false, string.Concat("4")));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _readings.Dispose();
    }

    private GuardedReader Reader(TimeSpan? budget = null, int mostAbandoned = 4) =>
        new(_readings.Read, _ => budget ?? EndlessReading.Budget, mostAbandoned);

    private static Task<VerificationOutcome> Read(GuardedReader reader, int token, string gold = "4") =>
        reader.ReadAsync($"response {token}", [token], false, gold, default);

    /// <summary>The abandoned threads end by themselves, a moment after they are let go.</summary>
    private static async Task<VerificationOutcome> OnceThereIsAThread(GuardedReader reader, int token)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await Read(reader, token);
            }
            catch (VerificationStuckException) when (patience.Elapsed < EndlessReading.Patience)
            {
                await Task.Delay(10);
            }
        }
    }

    // A kibibyte a call: 12 MiB is more than any usual thread has.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RecursesTo(int depth)
    {
        Span<byte> room = stackalloc byte[1024];
        room[depth % room.Length] = 1;
        return RuntimeHelpers.TryEnsureSufficientExecutionStack() && (depth == 0 || RecursesTo(depth - 1))
            && room[depth % room.Length] == 1;
    }

    private sealed class Asking : ReceiveActor
    {
        public Asking(GuardedReader reader, IActorRef asker)
        {
            Receive<VerificationOutcome>(outcome => asker.Tell(outcome));
            Read(reader, 3, "endless").PipeTo(Self);
        }
    }
}
