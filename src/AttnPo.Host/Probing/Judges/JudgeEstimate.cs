using System.Globalization;

namespace AttnPo.Host.Probing.Judges;

/// <summary>What judgements will cost, before any is asked for. A token is taken to be <see cref="CharactersPerToken"/> characters.</summary>
/// <param name="Judgements">Of one model about one response each.</param>
/// <param name="Kept">Those whose answers are there already.</param>
/// <param name="TokensIn">Of the prompts of the others.</param>
/// <param name="TokensOut">Of their answers, without any thoughts.</param>
internal sealed record JudgeEstimate(int Judgements, int Kept, long TokensIn, long TokensOut)
{
    /// <summary>Fewer than in English prose (about 4), since reasoning is full of formulas: the estimate is rather too high.</summary>
    public const int CharactersPerToken = 3;

    /// <summary>Of an answer: its braces, and a member for each step.</summary>
    public const int TokensOfAnswer = 16, TokensOfStep = 8;

    private const decimal Million = 1_000_000;

    /// <summary>Requests to send, if every answer can be used at once.</summary>
    public int Requests => Judgements - Kept;

    /// <summary>Tokens of a prompt.</summary>
    public static long In(string prompt) => (prompt.Length + CharactersPerToken - 1) / CharactersPerToken;

    /// <summary>Tokens of an answer.</summary>
    public static long Out(int steps) => TokensOfAnswer + (long)TokensOfStep * steps;

    /// <summary>The cost of tokens.</summary>
    public static decimal Cost(long tokensIn, long tokensOut, (decimal In, decimal Out) price) =>
        (tokensIn * price.In + tokensOut * price.Out) / Million;

    /// <summary>In a line.</summary>
    public string Text((decimal In, decimal Out)? price)
    {
        var cost = price is { } known ? string.Create(CultureInfo.InvariantCulture, $", cost about {Cost(TokensIn, TokensOut, known):0.00##}") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"judge: {Judgements} judgements, {Kept} kept from before, {Requests} requests to send: about {TokensIn} tokens in and {TokensOut} out"
            + $" ({CharactersPerToken} characters a token, {TokensOfStep} tokens a step; thoughts not counted){cost}");
    }
}
