using Xunit;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>Waits for what comes about by itself, with a limit that says nothing about how long it should take.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromMinutes(1);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < limit, "It did not come about within a minute.");
            await Task.Delay(10);
        }
    }
}
