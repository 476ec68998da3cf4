using System.Globalization;
using System.Text;
using AttnPo.Core.Text;

namespace AttnPo.Actors.Faults;

/// <summary>A fault to inject: where, what, and at which passings of the point.</summary>
public sealed record Fault
{
    /// <summary>As <see cref="Times"/>: at every passing.</summary>
    public const int Always = int.MaxValue;

    private const int MaxCount = 1_000_000_000;
    private const string Form = "point=POINT,action=ACTION and perhaps after=N, times=N or times=all, delay=TIME";
    private static readonly string[] Keys = ["point", "after", "times", "action", "delay"];
    private static readonly (string Name, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Where it waits.</summary>
    public required FaultPoint Point { get; init; }

    /// <summary>What it does.</summary>
    public required FaultAction Action { get; init; }

    /// <summary>Passings of its point that go by before it acts, counted from the start of the process. Default: 0.</summary>
    public int After { get; init; }

    /// <summary>At how many passings it acts, one after the other. Default: 1.</summary>
    public int Times { get; init; } = 1;

    /// <summary>
    /// Of action delay: how long the thread stands still. Of action crash: how much later the process is killed, while it goes on,
    /// so that the kill falls into the middle of what follows the point; zero kills it at the point itself.
    /// </summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What is wrong with it, and what was expected; null where nothing is.</summary>
    public string? Problem =>
        !FaultRules.Allows(Point, Action)
            ? $"action={FaultNames.Of(Action)} is not possible at point={FaultNames.Of(Point)}; possible there: "
                + string.Join(", ", FaultRules.ActionsAt(Point).Select(FaultNames.Of))
            : After is < 0 or > MaxCount ? $"after={After} is not a whole number from 0 to {MaxCount}"
            : Times != Always && Times is < 1 or > MaxCount ? $"times={Times} is neither a whole number from 1 to {MaxCount} nor all"
            : Delay < TimeSpan.Zero || Delay > TimeSpan.FromDays(1) ? $"delay={Milliseconds(Delay)} is longer than a day or negative"
            : Action == FaultAction.Delay && Delay == TimeSpan.Zero ? "action=delay needs a delay=TIME, e.g. delay=120ms"
            : Action is not (FaultAction.Delay or FaultAction.Crash) && Delay != TimeSpan.Zero
                ? $"delay has no effect with action={FaultNames.Of(Action)}, only with delay and crash; remove it"
            : null;

    /// <summary>Reads what settings hold, e.g. <c>point=generate,after=3,action=crash,delay=120ms</c>, in any order.</summary>
    /// <exception cref="FormatException">It cannot be used; the message says what was expected.</exception>
    public static Fault Parse(string text)
    {
        var given = new Dictionary<string, string>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new FormatException($"\"{part}\" is not KEY=VALUE; expected {Form}");
            var key = part[..at].TrimEnd();
            if (!Keys.Contains(key))
                throw new FormatException($"{key} is not known; the nearest is {EditDistance.Nearest(key, Keys)}; expected {Form}");
            if (!given.TryAdd(key, part[(at + 1)..].TrimStart())) throw new FormatException($"{key} stands there twice");
        }

        foreach (var key in (string[])["point", "action"])
            if (!given.ContainsKey(key)) throw new FormatException($"{key} is missing; expected {Form}");
        var fault = new Fault
        {
            Point = FaultNames.Read<FaultPoint>("point", given["point"]),
            Action = FaultNames.Read<FaultAction>("action", given["action"]),
            After = given.TryGetValue("after", out var after) ? Count("after", after, 0) : 0,
            Times = !given.TryGetValue("times", out var times) ? 1 : times == "all" ? Always : Count("times", times, 1),
            Delay = given.TryGetValue("delay", out var delay) ? Time(delay) : TimeSpan.Zero,
        };
        return fault.Problem is { } problem ? throw new FormatException(problem) : fault;
    }

    /// <summary>The form that <see cref="Parse"/> reads, without what is as by default.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("point=").Append(FaultNames.Of(Point));
        if (After != 0) text.Append(CultureInfo.InvariantCulture, $",after={After}");
        if (Times != 1) text.Append(",times=").Append(Times == Always ? "all" : Times.ToString(CultureInfo.InvariantCulture));
        text.Append(",action=").Append(FaultNames.Of(Action));
        if (Delay != TimeSpan.Zero) text.Append(",delay=").Append(Milliseconds(Delay));
        return text.ToString();
    }

    private static int Count(string key, string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= MaxCount
            ? count
            : throw new FormatException(
                $"{key}={text} is not a whole number from {least} to {MaxCount}" + (key == "times" ? ", or all" : ""));

    // Decimal numbers, so that every tick comes back as it was written.
    private static TimeSpan Time(string text)
    {
        foreach (var (name, ticks) in Units)
            if (text.EndsWith(name, StringComparison.Ordinal)
                && decimal.TryParse(text[..^name.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
                && count <= TimeSpan.TicksPerDay / ticks && count * ticks >= 1)
                return new TimeSpan((long)(count * ticks));
        throw new FormatException($"delay={text} is not a time with its unit (ms, s, m or h) of at most a day, e.g. 120ms");
    }

    private static string Milliseconds(TimeSpan time) =>
        ((decimal)time.Ticks / TimeSpan.TicksPerMillisecond).ToString("0.####", CultureInfo.InvariantCulture) + "ms";
}
