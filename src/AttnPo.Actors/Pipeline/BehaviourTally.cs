using AttnPo.Core.Verification;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// How often the policy turns round, leads on and sums up: transition phrases a response, which fall with its length whatever becomes of its
/// manner, and for each thousand tokens of reasoning, which do not. Without a response whose phrases were counted it has no figures.
/// </summary>
internal sealed class BehaviourTally
{
    private long _responses, _tokens, _confused, _forward, _backward;

    /// <summary>Adds a response that could be judged.</summary>
    /// <param name="reading">Its phrases.</param>
    /// <param name="length">All its tokens; those of the reasoning end where it is closed.</param>
    public void Add(ReadResponse reading, int length)
    {
        if (reading.Phrases is not { } phrases) return;
        _responses++;
        _tokens += reading.ThinkEnd < 0 ? length : reading.ThinkEnd;
        _confused += phrases.Confused;
        _forward += phrases.Forward;
        _backward += phrases.Backward;
    }

    public void WriteTo(IDictionary<string, double> metrics)
    {
        if (_responses == 0) return;
        Write("confused", _confused);
        Write("forward", _forward);
        Write("backward", _backward);

        void Write(string kind, long count)
        {
            metrics[$"behaviour/{kind}_per_response"] = count / (double)_responses;
            metrics[$"behaviour/{kind}_per_1k_tokens"] = 1000.0 * count / Math.Max(1, _tokens);
        }
    }
}
