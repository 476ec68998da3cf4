using System.Globalization;
using Akka.Actor;
using Akka.Event;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.StepProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>How the optimizer comes to a committed policy, and what it lays down besides steps.</summary>
internal sealed partial class Optimizer
{
    private void Prepare(PreparePolicy prepare)
    {
        RenewCancellation();
        LetGo();
        (_attempt, _coordinator) = (prepare.Attempt, Sender);
        // Work of an attempt that was given up runs before this, on the same thread, and ends with its engine.
        if (prepare.Anew) _device.Renew();
        var folder = _folder;
        Call(prepare.Attempt, (engine, _) =>
        {
            var trainer = engine.Trainer;
            if (trainer.PolicyVersion != prepare.Policy.Value && prepare.Checkpoint is { } checkpoint)
            {
                // At a start it was compared already.
                if (prepare.Anew) folder.Checkpoints.Verify(checkpoint);
                trainer.LoadCheckpoint(folder.Checkpoints.PathOf(checkpoint));
            }
            trainer.DiscardGradients();
            return new Retrained(prepare, trainer.PolicyVersion, null);
        });
    }

    /// <summary>The learner stands at some version: trains the next step of the ledger again, until it stands at the committed one.</summary>
    private void Continue(Retrained at)
    {
        if (at.Done is { } done)
        {
            _coordinator.Tell(done);
            if (done.Difference is { } how)
                Log.Warning("Step {0} was trained again from the ledger and came out otherwise than it was committed: {1}.", done.Step, how);
        }
        var (prepare, version) = (at.Prepare, at.Version);
        if (version == prepare.Policy.Value)
        {
            Self.Tell(new PolicyReady(prepare.Attempt));
            return;
        }
        var step = prepare.SinceCheckpoint.FirstOrDefault(step => step.Step.Value == version + 1)
            ?? throw new InvalidDataException(
                $"{prepare.Checkpoint?.Name ?? "The start model"} is policy v{version}, but {prepare.Policy} is committed, and the ledger"
                + " holds no way from one to the other.");
        var (folder, faults, learningRate) = (_folder, _faults, LearningRateOf(step.Step));
        Call(prepare.Attempt, (engine, cancellation) =>
        {
            faults.Pass(FaultPoint.Retrain);
            var done = new StepRetrained(prepare.Attempt, step.Step, Retrain(engine.Trainer, step, learningRate, folder, cancellation));
            return new Retrained(prepare, engine.Trainer.PolicyVersion, done);
        });
    }

    /// <summary>The same sums in the same order give the same weights; loss and gradient norm tell whether they were the same.</summary>
    private static string? Retrain(ITrainer trainer, LedgerStep step, double learningRate, RunFolder folder, CancellationToken cancellation)
    {
        var tally = new StepTally();
        foreach (var stored in step.Waves)
        {
            var wave = folder.ReadScored(stored, new StepAttempt(step.Step, 0));
            var (sums, elapsed) = Accumulate(trainer, wave, wave.Policy, TrainingSamples.Of(wave), cancellation);
            tally.Add(wave);
            tally.Add(sums, elapsed);
        }
        var update = trainer.Update(learningRate, Math.Max(1, tally.CountedTokens));
        var metrics = tally.Metrics(update, learningRate, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        return Difference("train/loss", step.Loss) ?? Difference("train/grad_norm", step.GradientNorm);

        string? Difference(string figure, double before) => metrics[figure].Equals(before)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{figure} was {before:R} and is {metrics[figure]:R};")
                + " another processor, number of threads or version rounds otherwise";
    }

    private void WriteCheckpoint(WriteCheckpointNow write)
    {
        var folder = _folder;
        // A gradient does no harm. A checkpoint whose commit is under way is not written a second time: to be replaced, it would have to be
        // gone for a moment.
        Call<object>(write.Attempt, (engine, _) => engine.Trainer.PolicyVersion == write.Step.Value
            ? new CheckpointLaid(write.Attempt, write.Step, folder.Checkpoints.Write(write.Step, engine.Saver(write.Heads)))
            : Overtaken.Instance);
    }

    private void Prune(PruneFiles prune)
    {
        // Of no consequence for the run: what stays is removed after the next commit, or at the next start.
        var (folder, log) = (_folder, Log);
        _device.RunAsync(
            (_, _) =>
            {
                try
                {
                    folder.Prune(prune.Checkpoint, prune.Committed, prune.Named);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    log.Warning(failure, "Old files could not be removed.");
                }
                return true;
            },
            CancellationToken.None);
    }

    private sealed record Overtaken : INoSerializationVerificationNeeded
    {
        public static readonly Overtaken Instance = new();
    }

    private sealed record Retrained(PreparePolicy Prepare, long Version, StepRetrained? Done) : INoSerializationVerificationNeeded;
}
