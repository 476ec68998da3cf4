namespace AttnPo.Gpu.Generation;

/// <summary>Decodes one batch from its prompts to its last token: the schedule says who, the model what is likely, the sampler which.</summary>
internal static class BatchDecoding
{
    public static IEnumerable<Completion> Run(IBatchedModel model, GenerationRequest request, CancellationToken cancellation)
    {
        var schedule = new GenerationSchedule(request, model.LongestSequence);
        var sampler = new Sampler(request.Sampling, model.VocabularySize);
        var random = request.Prompts.Select(p => new CounterRandom(request.Seed, request.Step, p.Id)).ToArray();
        var tokens = new int[schedule.Width];
        var positions = new int[schedule.Width];

        cancellation.ThrowIfCancellationRequested();
        var logits = model.Begin([.. request.Prompts.Select(p => p.Tokens)], request.SamplesPerPrompt);
        var logitsArePerPrompt = true;
        while (true)
        {
            for (var slot = 0; slot < schedule.Width; slot++)
            {
                if (!schedule.IsAlive(slot)) continue;
                var prompt = schedule.Prompt(slot);
                var row = logits.Slice((logitsArePerPrompt ? prompt : slot) * model.VocabularySize, model.VocabularySize);
                var uniform = random[prompt].Uniform(schedule.Sample(slot), schedule.Drawn(slot));
                var (token, logProb) = sampler.Draw(row, uniform);
                schedule.Record(slot, token, logProb);
            }
            if (schedule.IsDone) return schedule.Completions();

            var width = schedule.Width;
            var moves = schedule.CloseUp();
            if (schedule.Width != width) model.Arrange(moves, schedule.Width);
            for (var slot = 0; slot < schedule.Width; slot++)
            {
                tokens[slot] = schedule.LastToken(slot);
                positions[slot] = request.Prompts[schedule.Prompt(slot)].Tokens.Length + schedule.Drawn(slot) - 1;
            }
            cancellation.ThrowIfCancellationRequested();
            logits = model.Append(tokens.AsSpan(0, schedule.Width), positions.AsSpan(0, schedule.Width));
            logitsArePerPrompt = false;
        }
    }
}
