using Xunit;

// Each operation uses every processor anyway, and native buffers are counted for the process as a whole.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
