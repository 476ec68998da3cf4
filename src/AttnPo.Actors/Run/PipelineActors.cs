using Akka.Actor;

namespace AttnPo.Actors.Run;

/// <summary>The coordinator's children.</summary>
/// <param name="Sampler">The stage that a drain begins at.</param>
/// <param name="Optimizer">The stage through which a step is begun.</param>
/// <param name="Evaluator">Null where nothing is evaluated.</param>
/// <param name="All">All of them in the order of the pipeline, evaluator and head watch last.</param>
internal sealed record PipelineActors(IActorRef Sampler, IActorRef Optimizer, IActorRef? Evaluator, IReadOnlyList<IActorRef> All)
{
    /// <summary>Null where nobody looks at the heads.</summary>
    public IActorRef? HeadWatch { get; init; }
}

/// <summary>Makes the coordinator's children.</summary>
internal delegate PipelineActors CreatePipeline(IActorRefFactory parent);
