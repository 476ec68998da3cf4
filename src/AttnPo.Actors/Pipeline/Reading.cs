using System.Diagnostics;
using AttnPo.Core.Verification;

namespace AttnPo.Actors.Pipeline;

/// <summary>One response on its way through a <see cref="GuardedReader"/>; settled once, under its gate.</summary>
/// <param name="name">Of the response, for messages.</param>
/// <param name="read">Reads it.</param>
/// <param name="key">Its content, as the poison list has it.</param>
/// <param name="budget">Time for it, from when it begins.</param>
/// <param name="cancellation">Spares it while it waits.</param>
internal sealed class Reading(string name, Func<ReadResponse> read, string key, TimeSpan budget, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<VerificationOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _begun;

    public string Name => name;

    public string Key => key;

    public TimeSpan Budget => budget;

    public bool IsCancelled => cancellation.IsCancellationRequested;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begun);

    public Task<VerificationOutcome> Outcome => _outcome.Task;

    public void Begin() => _begun = Stopwatch.GetTimestamp();

    public VerificationOutcome Read()
    {
        try
        {
            return new VerificationOutcome(read(), null);
        }
        catch (Exception failure)
        {
            return new VerificationOutcome(null, failure);
        }
    }

    public void Answer(VerificationOutcome outcome) => _outcome.SetResult(outcome);

    public void Refuse(Exception reason) => _outcome.SetException(reason);

    public void Cancel() => _outcome.SetCanceled(cancellation);
}
