using Xunit;

// The count of live tensors is one for the whole process, and each operation uses every processor anyway.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
