using System.Globalization;

namespace AttnPo.Actors.Protocol;

/// <summary>Names a run; also the name of its journal.</summary>
public readonly record struct RunId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A step, counted by the update that it makes: the first is 1. 0 is the start, before any update.</summary>
public readonly record struct StepNumber(long Value) : IComparable<StepNumber>
{
    /// <summary>Before any update.</summary>
    public static StepNumber Start => new(0);

    /// <summary>0-based, as random draws count steps.</summary>
    public long Index => Value - 1;

    /// <summary>The step after this one.</summary>
    public StepNumber Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(StepNumber other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Value}";
}

/// <summary>Weights of the policy, counted by the updates that made them.</summary>
public readonly record struct PolicyVersion(long Value)
{
    /// <summary>The version that one more update makes.</summary>
    public PolicyVersion Next => new(Value + 1);

    /// <inheritdoc/>
    public override string ToString() => $"v{Value}";
}

/// <summary>
/// One try at a step. Every message of a step carries it: whatever bears another attempt than the one under way is late and is dropped.
/// </summary>
public readonly record struct StepAttempt(StepNumber Step, int Attempt)
{
    /// <inheritdoc/>
    public override string ToString() => $"step {Step} attempt {Attempt}";
}

/// <summary>A wave: a fixed list of groups; the position in its step says when its gradient is added.</summary>
public readonly record struct WaveId(StepNumber Step, int Index)
{
    /// <summary>Reads step/wave.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static WaveId Parse(string text) => text.Split('/') is [var step, var wave]
        && long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var ofStep)
        && int.TryParse(wave, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        ? new WaveId(new StepNumber(ofStep), index)
        : throw new FormatException($"\"{text}\" is no wave: expected step/wave.");

    /// <inheritdoc/>
    public override string ToString() => $"{Step}/{Index}";
}

/// <summary>A group: one prompt with its rollouts.</summary>
public readonly record struct GroupId(WaveId Wave, int Index)
{
    /// <summary>Reads step/wave/group.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static GroupId Parse(string text)
    {
        var at = text.LastIndexOf('/');
        return at > 0 && text.IndexOf('/', StringComparison.Ordinal) != at
            && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new GroupId(WaveId.Parse(text[..at]), index)
            : throw new FormatException($"\"{text}\" is no group: expected step/wave/group.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Wave}/{Index}";
}

/// <summary>One response of a group.</summary>
public readonly record struct RolloutId(GroupId Group, int Sample)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Group}/{Sample}";
}
