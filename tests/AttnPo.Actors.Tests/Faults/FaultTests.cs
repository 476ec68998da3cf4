using AttnPo.Actors.Faults;
using CsCheck;
using Xunit;

namespace AttnPo.Actors.Tests.Faults;

public sealed class FaultTests
{
    private static readonly Gen<Fault> AnyFault =
        from point in Any(Enum.GetValues<FaultPoint>())
        from action in Any(FaultRules.ActionsAt(point).ToArray())
        from after in Gen.OneOf(Gen.Const(0), Gen.Int[0, 1_000_000_000])
        from times in Gen.OneOf(Gen.Const(1), Gen.Const(Fault.Always), Gen.Int[1, 1_000_000_000])
        from ticks in Gen.Long[action == FaultAction.Delay ? 1 : 0, TimeSpan.TicksPerDay]
        let delay = action is FaultAction.Delay or FaultAction.Crash ? new TimeSpan(ticks) : TimeSpan.Zero
        select new Fault { Point = point, Action = action, After = after, Times = times, Delay = delay };

    [Fact]
    public void A_fault_that_is_written_and_read_is_the_same() =>
        AnyFault.Sample(fault =>
        {
            Assert.Null(fault.Problem);
            Assert.Equal(fault, Fault.Parse(fault.ToString()));
        });

    [Fact]
    public void A_fault_acts_once_at_the_first_passing_unless_it_says_otherwise() =>
        Assert.Equal(
            new Fault { Point = FaultPoint.BlobWrite, Action = FaultAction.DiskFull, After = 0, Times = 1 },
            Fault.Parse("point=blob-write,action=disk-full"));

    [Fact]
    public void Parts_stand_in_any_order_with_room_around_them() =>
        Assert.Equal(
            new Fault
            {
                Point = FaultPoint.Generate, Action = FaultAction.Crash, After = 3, Times = Fault.Always,
                Delay = TimeSpan.FromMilliseconds(120),
            },
            Fault.Parse(" delay = 0.12s , times=all, action=crash,after=3,point=generate "));

    [Fact]
    public void What_is_as_by_default_is_not_written()
    {
        Assert.Equal(
            "point=checkpoint-named,action=corrupt",
            new Fault { Point = FaultPoint.CheckpointNamed, Action = FaultAction.Corrupt, After = 0, Times = 1 }.ToString());
        Assert.Equal(
            "point=judged,after=2,times=3,action=delay,delay=1500ms",
            Fault.Parse("action=delay,delay=1.5s,times=3,after=2,point=judged").ToString());
    }

    [Theory]
    [InlineData("", "\"\" is not KEY=VALUE; expected point=POINT,action=ACTION")]
    [InlineData("point=generate,,action=throw", "\"\" is not KEY=VALUE")]
    [InlineData("generate,action=throw", "\"generate\" is not KEY=VALUE")]
    [InlineData("action=throw", "point is missing; expected point=POINT,action=ACTION")]
    [InlineData("point=generate", "action is missing")]
    [InlineData("point=genrate,action=throw", "point=genrate is not known; the nearest is generate, all are sample, generate, generated")]
    [InlineData("point=Generate,action=throw", "point=Generate is not known; the nearest is generate,")]
    [InlineData("point=3,action=throw", "point=3 is not known")]
    [InlineData("point=generate,action=trow", "action=trow is not known; the nearest is throw, all are crash, throw, delay, drop,")]
    [InlineData("point=generate,action=throw,afer=1", "afer is not known; the nearest is after; expected point=POINT")]
    [InlineData("point=generate,point=score,action=throw", "point stands there twice")]
    [InlineData("point=generate,action=throw,after=-1", "after=-1 is not a whole number from 0 to 1000000000")]
    [InlineData("point=generate,action=throw,after=all", "after=all is not a whole number from 0 to 1000000000")]
    [InlineData("point=generate,action=throw,times=0", "times=0 is not a whole number from 1 to 1000000000, or all")]
    [InlineData("point=generate,action=throw,times=1000000001", "times=1000000001 is not a whole number")]
    [InlineData("point=generate,action=delay", "action=delay needs a delay=TIME, e.g. delay=120ms")]
    [InlineData("point=score,action=delay,delay=1", "delay=1 is not a time with its unit (ms, s, m or h) of at most a day, e.g. 120ms")]
    [InlineData("point=generate,action=delay,delay=0ms", "delay=0ms is not a time")]
    [InlineData("point=generate,action=delay,delay=-1s", "delay=-1s is not a time")]
    [InlineData("point=generate,action=delay,delay=25h", "delay=25h is not a time")]
    [InlineData("point=generate,action=delay,delay=79228162514264337593543950335h", "delay=79228162514264337593543950335h is not a time")]
    [InlineData("point=generate,action=throw,delay=1s", "delay has no effect with action=throw, only with delay and crash; remove it")]
    [InlineData("point=generate,action=drop", "action=drop is not possible at point=generate; possible there: crash, throw, delay")]
    [InlineData("point=journal,action=disk-full", "action=disk-full is not possible at point=journal; possible there: crash, throw, delay")]
    public void A_text_that_is_no_fault_is_told_what_was_expected(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => Fault.Parse(text)).Message, StringComparison.Ordinal);

    private static Gen<T> Any<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
