namespace AttnPo.Actors.Tests.Fakes;

/// <summary>Holds up a call of the engine until it is opened, and tells when the call is there.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    /// <summary>Passed by the call that is to be held up.</summary>
    public void Pass()
    {
        _reached.TrySetResult();
        _open.Wait();
    }

    public Task ReachedAsync() => _reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public void Open() => _open.Set();

    // Whoever still waits at it is let go.
    public void Dispose() => _open.Set();
}
