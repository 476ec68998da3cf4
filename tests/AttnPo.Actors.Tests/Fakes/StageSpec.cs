using Akka.TestKit.Xunit2;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>A kit that is patient: how fast the machine is says nothing about a stage. Logs of the faults that specs cause stay silent.</summary>
public abstract class StageSpec() : TestKit("akka.test.single-expect-default = 30s\nakka.test.filter-leeway = 30s\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF");
