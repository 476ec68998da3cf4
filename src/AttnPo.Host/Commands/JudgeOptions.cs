using System.CommandLine;
using System.Globalization;
using AttnPo.Host.Probing;
using AttnPo.Host.Probing.Judges;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Commands;

/// <summary>The options of judges: --judge-....</summary>
internal sealed class JudgeOptions
{
    private readonly Option<string> _url = new("--judge-url")
    {
        Description = "Where an API of chat completions as OpenAI defines them begins, e.g. http://localhost:8000/v1.",
        HelpName = "URL",
    };
    private readonly Option<string[]> _models = new("--judge-model")
    {
        Description = "A judge, as the endpoint calls it; given again, several vote.",
        HelpName = "NAME",
    };
    private readonly Option<string> _vote = new("--judge-vote")
    {
        Description = "How several judges make one label: majority, more than half of those asked; consensus, all of them. Without it a step has no label.",
        DefaultValueFactory = _ => "majority",
    };
    private readonly Option<string> _keyVariable = new("--judge-key-env")
    {
        Description = "The environment variable that holds the endpoint's key.",
        HelpName = "NAME",
        DefaultValueFactory = _ => JudgeSettings.DefaultKeyVariable,
    };
    private readonly Option<bool> _insecure = new("--judge-insecure") { Description = "Send the key to another machine without encryption." };
    private readonly Option<int> _parallel = new Option<int>("--judge-parallel")
    {
        Description = "Requests at once.",
        DefaultValueFactory = _ => 4,
    }.Within(value => value is >= 1 and <= 256, "a number from 1 to 256");
    private readonly Option<string> _price = new Option<string>("--judge-price")
    {
        Description = "Price of a million tokens in and out, for the estimate and the report of costs.",
        HelpName = "IN,OUT",
    }.Within(text => Price(text) is not null, "two numbers of at least 0, e.g. 0.15,0.60");
    private readonly Option<int> _maxRequests = new Option<int>("--judge-max-requests")
    {
        Description = "Requests that one command may send. It sends none where more are needed.",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    }.AtLeast(1);
    private readonly Option<int> _maxTokens = new Option<int>("--judge-max-tokens")
    {
        Description = "Limit on the tokens of an answer, thoughts included.",
        HelpName = "N",
        DefaultValueFactory = _ => 4096,
    }.AtLeast(1);
    private readonly Option<string> _omit = new Option<string>("--judge-omit")
    {
        Description = $"Parameters that the endpoint does not know: some of {string.Join(",", JudgeRequest.Parameters)}.",
        HelpName = "NAME,...",
    }.Within(text => Words(text).All(JudgeRequest.Parameters.Contains), $"some of {string.Join(",", JudgeRequest.Parameters)}");
    private readonly Option<int> _timeout = new Option<int>("--judge-timeout")
    {
        Description = "Seconds that one answer may take.",
        HelpName = "S",
        DefaultValueFactory = _ => 300,
    }.Within(value => value is >= 1 and <= 86_400, "a number from 1 to 86400");
    private readonly Option<bool> _estimate = new("--judge-estimate") { Description = "Print what the judges will cost, and stop." };

    /// <summary>Adds them to a command.</summary>
    public JudgeOptions(Command command)
    {
        _vote.AcceptOnlyFromAmong("majority", "consensus");
        foreach (var option in All) command.Add(option);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All =>
        [_url, _models, _vote, _keyVariable, _insecure, _parallel, _price, _maxRequests, _maxTokens, _omit, _timeout, _estimate];

    /// <summary>The judges, with the key from the environment. They send nothing yet.</summary>
    public JudgeLabels Open(ParseResult parsed, string folder)
    {
        var settings = Settings(parsed);
        return new(settings, Key(parsed, settings), folder, parsed.InvocationConfiguration.Error);
    }

    /// <summary>Writes the estimate where it is all that was asked for.</summary>
    public bool Estimates(ParseResult parsed, IReadOnlyList<ILabelSource> sources, IReadOnlyList<LabelledResponse> responses)
    {
        if (!parsed.GetValue(_estimate)) return false;
        foreach (var judges in sources.OfType<JudgeLabels>()) parsed.InvocationConfiguration.Output.WriteLine(judges.Estimate(responses));
        return true;
    }

    /// <summary>What of them decides labels, in words.</summary>
    public IEnumerable<(string Name, string Value)> Identity(ParseResult parsed)
    {
        var settings = Settings(parsed);
        return
        [
            ("judge-model", string.Join(",", settings.Models)),
            ("judge-vote", parsed.GetRequiredValue(_vote)),
            ("judge-max-tokens", settings.MaxTokens.ToString(CultureInfo.InvariantCulture)),
            ("judge-omit", string.Join(",", settings.Omitted)),
        ];
    }

    private JudgeSettings Settings(ParseResult parsed)
    {
        if (parsed.GetValue(_models) is not { Length: > 0 } models)
            throw new SettingsException("--label judge needs --judge-model NAME, as the endpoint calls it");
        if (models.Any(string.IsNullOrWhiteSpace)) throw new SettingsException("--judge-model: expected a name");
        return new()
        {
            Endpoint = Address(parsed),
            Models = [.. models.Distinct()],
            Voting = parsed.GetValue(_vote) == "consensus" ? JudgeVoting.Consensus : JudgeVoting.Majority,
            KeyVariable = parsed.GetRequiredValue(_keyVariable),
            Parallel = parsed.GetValue(_parallel),
            Price = Price(parsed.GetValue(_price)),
            MaxRequests = parsed.GetValue(_maxRequests),
            MaxTokens = parsed.GetValue(_maxTokens),
            Omitted = parsed.GetValue(_omit) is { } omit ? [.. JudgeRequest.Parameters.Intersect(Words(omit))] : [],
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout)),
        };
    }

    private Uri Address(ParseResult parsed)
    {
        var text = parsed.GetValue(_url) ?? throw new SettingsException("--label judge needs --judge-url URL, e.g. http://localhost:8000/v1");
        // What is in front of an @ is a secret, and no message shows it.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0
            || address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new SettingsException(
                "--judge-url: expected http://HOST/PATH or https://HOST/PATH without user, query or fragment, e.g. http://localhost:8000/v1");
        return address;
    }

    private string? Key(ParseResult parsed, JudgeSettings settings)
    {
        var name = settings.KeyVariable;
        var key = string.IsNullOrWhiteSpace(name) ? null : Environment.GetEnvironmentVariable(name)?.Trim();
        if (string.IsNullOrEmpty(key))
            return parsed.GetResult(_keyVariable) is { Implicit: false }
                ? throw new SettingsException($"--judge-key-env: the environment variable {name} is not set or empty") : null;
        if (key.Any(character => character is <= ' ' or > '~'))
            throw new SettingsException(
                $"the key in the environment variable {name} holds a character that no key has (a space, a line break, a letter beyond ASCII)");
        if (key.Length < JudgeEndpoint.ShortestKey)
            throw new SettingsException(
                $"the key in the environment variable {name} has fewer than {JudgeEndpoint.ShortestKey} characters, which no key has: check it, "
                + $"or unset {name} where the endpoint wants none");
        if (settings.Endpoint.Scheme != "https" && !settings.Endpoint.IsLoopback && !parsed.GetValue(_insecure))
            throw new SettingsException(
                $"--judge-url: the key in {name} would go to {settings.Endpoint.Host} without encryption; give an https address, unset {name}, "
                + "or allow it with --judge-insecure");
        return key;
    }

    private static (decimal In, decimal Out)? Price(string? text) =>
        text?.Split(',') is [var first, var second] && Amount(first) is { } tokensIn && Amount(second) is { } tokensOut ? (tokensIn, tokensOut) : null;

    private static decimal? Amount(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount <= 1_000_000 ? amount : null;

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.TrimEntries);
}
