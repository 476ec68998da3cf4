namespace AttnPo.Core.Verification.Expressions;

/// <summary>Greek letters by the names that commands have.</summary>
internal static class GreekLetters
{
    private static readonly string[] Names =
    [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron", "pi",
        "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];

    /// <summary>The name of a small letter.</summary>
    public static string? NameOf(char letter) => letter is >= 'α' and <= 'ω' ? Names[letter - 'α'] : null;
}
