namespace AttnPo.Gpu.Generation;

/// <summary>Refuses requests that a model cannot answer, before any work is done.</summary>
internal static class RequestLimits
{
    public static void Check(GenerationRequest request, int vocabularySize, int longestSequence)
    {
        Require(request.SamplesPerPrompt > 0, $"samples per prompt is {request.SamplesPerPrompt}; expected 1 or more");
        var sampling = request.Sampling;
        Require(sampling.MaxNewTokens > 0, $"the limit on new tokens is {sampling.MaxNewTokens}; expected 1 or more");
        Require(sampling.Temperature >= 0 && double.IsFinite(sampling.Temperature),
            $"temperature is {sampling.Temperature}; expected 0 or more");
        Require(sampling.TopP is > 0 and <= 1, $"top-p is {sampling.TopP}; expected more than 0 and at most 1");
        Require(sampling.TopK >= 0, $"top-k is {sampling.TopK}; expected 0 (no limit) or more");

        var ids = new HashSet<long>();
        foreach (var prompt in request.Prompts)
        {
            Require(ids.Add(prompt.Id), $"prompt {prompt.Id} is in the request twice");
            Require(prompt.Tokens.Length > 0, $"prompt {prompt.Id} is empty");
            Require(prompt.Tokens.Length < longestSequence,
                $"prompt {prompt.Id} has {prompt.Tokens.Length} tokens, which leaves no room for a response: "
                + $"the model's longest sequence is {longestSequence}");
            foreach (var token in prompt.Tokens)
            {
                Require((uint)token < (uint)vocabularySize,
                    $"prompt {prompt.Id} holds token {token}; the model knows 0 to {vocabularySize - 1}");
            }
        }

        static void Require(bool holds, string message)
        {
            if (!holds) throw new ArgumentException(message, nameof(request));
        }
    }
}
