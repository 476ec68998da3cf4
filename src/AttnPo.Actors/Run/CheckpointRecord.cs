namespace AttnPo.Actors.Run;

/// <summary>A checkpoint as the journal knows it: a folder's name and what lies in it.</summary>
/// <param name="Name">Of the folder under checkpoints/.</param>
/// <param name="Files">Its files, by name.</param>
public sealed record CheckpointRecord(string Name, IReadOnlyList<CheckpointFile> Files);

/// <summary>A file of a checkpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content, in lower-case hexadecimal.</param>
public sealed record CheckpointFile(string Name, long Bytes, string Sha256);
