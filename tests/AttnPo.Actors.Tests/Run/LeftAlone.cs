using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What a run of nine steps that nobody disturbs leaves: checkpoints of 6 and 9, saved states at each second step.</summary>
public sealed class LeftAlone : IAsyncLifetime
{
    internal const int Steps = 9;

    internal SortedDictionary<string, string> Result { get; private set; } = [];

    public async Task InitializeAsync()
    {
        using var run = new FakeRun();
        await run.RunAsync(run.LedgerSetup(Steps));
        Result = run.Result();
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
