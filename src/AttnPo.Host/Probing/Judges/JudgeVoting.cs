using AttnPo.Core.Data;

namespace AttnPo.Host.Probing.Judges;

/// <summary>How several judges make one label.</summary>
internal enum JudgeVoting
{
    /// <summary>More than half of the judges asked.</summary>
    Majority,

    /// <summary>All of the judges asked.</summary>
    Consensus,
}

/// <summary>Makes one label of several. A judge that gave none counts among those asked.</summary>
internal static class JudgeVote
{
    /// <summary>The label that has enough votes; null where none has.</summary>
    public static StepLabel? Of(IReadOnlyCollection<StepLabel?> votes, JudgeVoting voting)
    {
        foreach (var label in (StepLabel[])[StepLabel.Essential, StepLabel.Redundant])
        {
            var count = votes.Count(vote => vote == label);
            if (voting == JudgeVoting.Consensus ? count == votes.Count : 2 * count > votes.Count) return label;
        }
        return null;
    }
}
