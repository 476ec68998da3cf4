namespace AttnPo.Host.Probing.Judges;

/// <summary>Which judges are asked, and how.</summary>
internal sealed record JudgeSettings
{
    /// <summary>Where their API begins, e.g. http://localhost:8000/v1.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>As the endpoint calls them, at least one, each once.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>How they make one label.</summary>
    public JudgeVoting Voting { get; init; } = JudgeVoting.Majority;

    /// <summary>The environment variable that held the key; for messages.</summary>
    public string KeyVariable { get; init; } = DefaultKeyVariable;

    /// <summary>Requests at once.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Price of a million tokens in and out; null where it is unknown.</summary>
    public (decimal In, decimal Out)? Price { get; init; }

    /// <summary>Bound on the requests of one command, those for another answer included, those that a fault repeats not.</summary>
    public int MaxRequests { get; init; } = 1000;

    /// <summary>Bound on the tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 4096;

    /// <summary>Parameters of a request that the endpoint does not know: some of <see cref="JudgeRequest.Parameters"/>.</summary>
    public IReadOnlyList<string> Omitted { get; init; } = [];

    /// <summary>For one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Before the first repetition after a fault; each later one waits twice as long, up to <see cref="LongestWait"/>.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Also of what a server asks for.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Repetitions after faults before the command gives up.</summary>
    public int Repetitions { get; init; } = 6;

    /// <summary>Where the key is looked for unless told otherwise.</summary>
    public const string DefaultKeyVariable = "ATTNPO_JUDGE_KEY";

    /// <summary>Answers asked for where they cannot be used, each with a seed of its own.</summary>
    public const int Attempts = 3;
}
