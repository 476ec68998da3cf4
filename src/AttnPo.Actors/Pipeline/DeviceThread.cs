using System.Collections.Concurrent;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// The one thread on which an engine's calls run, in the order in which they were asked for. Native work may take minutes: here it
/// holds no dispatcher's thread, and an engine that is made for one caller at a time has one. The engine is made at the first call,
/// used and disposed on this thread. One that has thrown is not trusted with another call: the next one gets a new engine. A failure
/// while an engine is disposed is told, and changes nothing else. Actors turn the returned task into a message to themselves.
/// </summary>
internal sealed class DeviceThread<TEngine> : IAsyncDisposable
    where TEngine : class, IDisposable
{
    // Demand keeps the calls in flight at two or three; a retry adds those that its cancelled forerunner left. More is a fault.
    private const int Capacity = 64;

    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<Action> _calls = new(Capacity);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name;
    private readonly Func<TEngine> _create;
    private readonly Action<Exception> _tellDisposalFailed;
    private TEngine? _engine;

    /// <param name="name">Of the thread.</param>
    /// <param name="create">Makes an engine.</param>
    /// <param name="tellDisposalFailed">Is told what an engine throws at its end; must not throw.</param>
    public DeviceThread(string name, Func<TEngine> create, Action<Exception> tellDisposalFailed)
    {
        (_name, _create, _tellDisposalFailed) = (name, create, tellDisposalFailed);
        new Thread(Work) { Name = $"attnpo-{name}", IsBackground = true }.Start();
    }

    /// <summary>Queues a call; its result, failure or cancellation is the task's.</summary>
    public Task<T> RunAsync<T>(Func<TEngine, CancellationToken, T> call, CancellationToken cancellation)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var queued = TryQueue(() =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
            try
            {
                either.Token.ThrowIfCancellationRequested();
                result.SetResult(call(_engine ??= _create(), either.Token));
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                result.SetCanceled(either.Token);
            }
            catch (Exception failure)
            {
                DisposeEngine();
                result.SetException(failure);
            }
        });
        return queued
            ? result.Task
            : Task.FromException<T>(Closed());
    }

    /// <summary>Gives the calls after this one a new engine.</summary>
    public void Renew()
    {
        if (!TryQueue(DisposeEngine)) throw Closed();
    }

    /// <summary>Cancels what waits and ends the thread; a native call that does not end is left to the process's end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _calls.CompleteAdding();
        await Task.WhenAny(_ended.Task, Task.Delay(LongestGoodbye)).ConfigureAwait(false);
    }

    private InvalidOperationException Closed() => new($"The {_name} thread takes no more calls: it is closed, or {Capacity} wait.");

    private void DisposeEngine()
    {
        var engine = _engine;
        _engine = null;
        try
        {
            engine?.Dispose();
        }
        catch (Exception failure)
        {
            _tellDisposalFailed(failure);
        }
    }

    private bool TryQueue(Action call)
    {
        try
        {
            return _calls.TryAdd(call);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void Work()
    {
        try
        {
            foreach (var call in _calls.GetConsumingEnumerable()) call();
            DisposeEngine();
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
