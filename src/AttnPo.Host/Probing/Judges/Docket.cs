using AttnPo.Core.Data;

namespace AttnPo.Host.Probing.Judges;

/// <summary>What is to be judged: each response that has steps by each model. Responses that read the same are judged once.</summary>
internal sealed class Docket
{
    private readonly Dictionary<LabelledResponse, Judgement[]> _ofResponse = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Model, string Prompt), Judgement> _judgements = [];

    /// <summary>Writes the prompts.</summary>
    public Docket(IReadOnlyList<LabelledResponse> responses, IReadOnlyList<string> models)
    {
        foreach (var response in responses)
        {
            var prompt = JudgePrompt.Of(response);
            _ofResponse[response] = [.. models.Select(model => Add(model, prompt, response))];
        }
    }

    /// <summary>Those that need an answer, each once.</summary>
    public IReadOnlyCollection<Judgement> Judgements => _judgements.Values;

    /// <summary>Those of a response, by model.</summary>
    public IReadOnlyList<Judgement> Of(LabelledResponse response) => _ofResponse[response];

    private Judgement Add(string model, string prompt, LabelledResponse response)
    {
        var judgement = new Judgement(model, prompt, response.Id, response.Steps.Count);
        if (response.Steps.Count == 0) return judgement;
        return _judgements.TryGetValue((model, prompt), out var there) ? there : _judgements[(model, prompt)] = judgement;
    }
}

/// <summary>What one model says about one response.</summary>
/// <param name="model">The judge.</param>
/// <param name="prompt">What it is asked.</param>
/// <param name="responseId">Of the response.</param>
/// <param name="steps">Of the response, how many.</param>
internal sealed class Judgement(string model, string prompt, string responseId, int steps)
{
    private IReadOnlyList<StepLabel?>? _read;

    /// <summary>What the judge is asked.</summary>
    public string Prompt => prompt;

    /// <summary>Of the response.</summary>
    public string ResponseId => responseId;

    /// <summary>How many the response has.</summary>
    public int Steps => steps;

    /// <summary>Whether an answer could be read.</summary>
    public bool IsUsable => _read is not null;

    /// <summary>A label for each step; null where no answer could be read.</summary>
    public IReadOnlyList<StepLabel?> Labels => _read ?? new StepLabel?[steps];

    /// <summary>The request of an attempt, from 0.</summary>
    public JudgeRequest Request(JudgeSettings settings, int attempt) => JudgeRequest.Of(model, prompt, settings, attempt);

    /// <summary>Takes an answer.</summary>
    public void Read(JudgeReply reply) => _read = JudgeAnswer.Read(reply.Text, steps);
}
