using System.Threading.Channels;
using Akka.Event;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// Takes a run's news to its observer, in order, on a task of its own: an observer may be slow, or stand still, and keeps nobody but
/// itself waiting. The run's end is told after the last news, so that who waits for it has seen all.
/// </summary>
internal sealed class NewsFeed : IAsyncDisposable
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    // Without a bound: some news a wave, and none may be lost.
    private readonly Channel<IRunProgress> _news =
        Channel.CreateUnbounded<IRunProgress>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<RunOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<IRunProgress> _observe;
    private readonly ILoggingAdapter _log;
    private readonly Task _observing;

    public NewsFeed(Action<IRunProgress> observe, ILoggingAdapter log)
    {
        (_observe, _log) = (observe, log);
        _observing = Task.Run(ObserveAsync);
    }

    /// <summary>How the run ended, once the observer knows.</summary>
    public Task<RunOutcome> Outcome => _outcome.Task;

    /// <summary>Something happened; what comes after the end is dropped.</summary>
    public void Post(IRunProgress news) => _news.Writer.TryWrite(news);

    /// <summary>The run is over; counts where no <see cref="RunEnded"/> was posted.</summary>
    public void End(RunOutcome outcome)
    {
        Post(new RunEnded(outcome));
        _news.Writer.TryComplete();
    }

    /// <summary>Drops what the observer has not seen, and waits a while for what it is at.</summary>
    public async ValueTask DisposeAsync()
    {
        _news.Writer.TryComplete();
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_observing, Task.Delay(LongestGoodbye)).ConfigureAwait(false);
        _outcome.TrySetResult(new RunOutcome(RunEnd.Stopped, StepNumber.Start, "The run was ended before it had come to an end."));
    }

    private async Task ObserveAsync()
    {
        try
        {
            await foreach (var news in _news.Reader.ReadAllAsync(_closing.Token).ConfigureAwait(false))
            {
                if (_closing.IsCancellationRequested) return;
                Show(news);
                if (news is not RunEnded ended) continue;
                _outcome.TrySetResult(ended.Outcome);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private void Show(IRunProgress news)
    {
        try
        {
            _observe(news);
        }
        catch (Exception fault)
        {
            _log.Error(fault, "An observer of the run failed at {0}; the run goes on.", news.GetType().Name);
        }
    }
}
