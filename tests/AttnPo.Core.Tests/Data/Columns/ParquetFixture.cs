using Parquet;
using Parquet.Serialization;

namespace AttnPo.Core.Tests.Data.Columns;

/// <summary>Parquet files of the verl form, written by the package.</summary>
internal static class ParquetFixture
{
    public sealed class Message
    {
        public string? content { get; set; }
        public string? role { get; set; }
    }

    public sealed class Reward
    {
        public string? ground_truth { get; set; }
        public string? style { get; set; }
    }

    public sealed class VerlRow
    {
        public string? data_source { get; set; }
        public List<Message>? prompt { get; set; }
        public string? ability { get; set; }
        public Reward? reward_model { get; set; }
        public double score { get; set; }
        public long? count { get; set; }
        public bool solved { get; set; }
        public List<string>? tags { get; set; }
        public DateTime when { get; set; }
    }

    public static VerlRow Row(int i) => new()
    {
        data_source = "0_gsm8k",
        prompt = [.. Enumerable.Range(0, i % 3).Select(turn => new Message { content = $"turn {turn} of {i}", role = turn % 2 == 0 ? "user" : "assistant" }),
            new() { content = $"What is {i} + 1? äöü€", role = "user" }],
        ability = "math",
        reward_model = i % 7 == 6 ? null : new() { ground_truth = $"{i + 1}", style = "rule" },
        score = i,
        count = i % 2 == 0 ? null : i,
        solved = i % 3 == 0,
        tags = (i % 4) switch { 0 => null, 1 => [], 2 => ["a"], _ => ["a", $"b{i}"] },
        when = DateTime.UnixEpoch,
    };

    public static byte[] Bytes(int rows, int rowGroup = 1000, CompressionMethod compression = CompressionMethod.Snappy)
    {
        using var stream = new MemoryStream();
        ParquetSerializer.SerializeAsync(
            Enumerable.Range(0, rows).Select(Row), stream, new ParquetOptions { CompressionMethod = compression, RowGroupSize = rowGroup })
            .GetAwaiter().GetResult();
        return stream.ToArray();
    }
}
