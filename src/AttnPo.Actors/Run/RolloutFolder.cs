using System.Globalization;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// rollouts/ of a run: step-NNNNNN.jsonl, a line a rollout, in wave order. Grows aside while the step's waves come in and gets its
/// name before the commit.
/// </summary>
internal sealed class RolloutFolder(string path)
{
    /// <summary>Adds a wave; the first of a step begins the file anew.</summary>
    public void Append(ScoredWave wave)
    {
        using var file = new FileStream(Aside(wave.Id.Step), wave.Id.Index == 0 ? FileMode.Create : FileMode.Append);
        foreach (var group in wave.Groups) RolloutLine.Write(file, group, wave.Policy);
    }

    /// <summary>The step has all its waves.</summary>
    public void Complete(StepNumber step) => DurableFile.Publish(Aside(step), Named(step));

    /// <summary>Removes what was never committed.</summary>
    public void Sweep(StepNumber committed)
    {
        DurableFile.CreateDirectory(path);
        foreach (var aside in Directory.GetFiles(path, ".step-*.tmp")) File.Delete(aside);
        foreach (var file in Directory.GetFiles(path, "step-*.jsonl"))
        {
            var number = Path.GetFileNameWithoutExtension(file)["step-".Length..];
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > committed.Value)
                File.Delete(file);
        }
    }

    private string Named(StepNumber step) =>
        Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"step-{step.Value:D6}.jsonl"));

    private string Aside(StepNumber step) =>
        Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $".step-{step.Value:D6}.jsonl.tmp"));
}
