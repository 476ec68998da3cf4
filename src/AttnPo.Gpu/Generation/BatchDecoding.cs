namespace AttnPo.Gpu.Generation;

/// <summary>Decodes one batch from its prompts to its last token: the schedule says who, the model what is likely, the sampler which.</summary>
internal sealed class BatchDecoding
{
    private readonly IBatchedModel _model;
    private readonly GenerationRequest _request;
    private readonly GenerationSchedule _schedule;
    private readonly Sampler[] _samplers;
    private readonly CounterRandom[] _random;
    private readonly (int Token, float LogProb)[] _drawn;
    private readonly TokenObserver? _onToken;

    private BatchDecoding(IBatchedModel model, GenerationRequest request, TokenObserver? onToken)
    {
        (_model, _request, _onToken) = (model, request, onToken);
        _schedule = new GenerationSchedule(request, model.LongestSequence, closeUpAtOnce: model.MovesAreFree);
        _samplers = [.. Enumerable.Range(0, model.Workers).Select(_ => new Sampler(request.Sampling, model.VocabularySize))];
        _random = [.. request.Prompts.Select(p => new CounterRandom(request.Seed, request.Step, p.Id))];
        _drawn = new (int, float)[_schedule.Width];
    }

    public static IEnumerable<Completion> Run(
        IBatchedModel model, GenerationRequest request, CancellationToken cancellation, TokenObserver? onToken = null) =>
        new BatchDecoding(model, request, onToken).Run(cancellation);

    private IEnumerable<Completion> Run(CancellationToken cancellation)
    {
        var tokens = new int[_schedule.Width];
        var positions = new int[_schedule.Width];
        cancellation.ThrowIfCancellationRequested();
        _model.Begin([.. _request.Prompts.Select(p => p.Tokens)], _request.SamplesPerPrompt, DrawForPrompt);
        while (true)
        {
            for (var slot = 0; slot < _schedule.Width; slot++)
            {
                if (!_schedule.IsAlive(slot)) continue;
                _schedule.Record(slot, _drawn[slot].Token, _drawn[slot].LogProb);
                _onToken?.Invoke(_request.Prompts[_schedule.Prompt(slot)].Id, _schedule.Sample(slot), _drawn[slot].Token);
            }
            if (_schedule.IsDone) return _schedule.Completions();

            var width = _schedule.Width;
            var moves = _schedule.CloseUp();
            if (_schedule.Width != width) _model.Arrange(moves, _schedule.Width);
            for (var slot = 0; slot < _schedule.Width; slot++)
            {
                tokens[slot] = _schedule.LastToken(slot);
                positions[slot] = _request.Prompts[_schedule.Prompt(slot)].Tokens.Length + _schedule.Drawn(slot) - 1;
            }
            cancellation.ThrowIfCancellationRequested();
            _model.Append(tokens.AsSpan(0, _schedule.Width), positions.AsSpan(0, _schedule.Width), DrawForSlot);
        }
    }

    // At first the samples of a prompt are its slots, in their order.
    private void DrawForPrompt(int worker, int prompt, ReadOnlySpan<float> logits)
    {
        for (var sample = 0; sample < _request.SamplesPerPrompt; sample++)
            DrawForSlot(worker, prompt * _request.SamplesPerPrompt + sample, logits);
    }

    private void DrawForSlot(int worker, int slot, ReadOnlySpan<float> logits)
    {
        if (!_schedule.IsAlive(slot)) return;
        var uniform = _random[_schedule.Prompt(slot)].Uniform(_schedule.Sample(slot), _schedule.Drawn(slot));
        _drawn[slot] = _samplers[worker].Draw(logits, uniform);
    }
}
