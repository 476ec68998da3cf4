using System.Buffers.Binary;
using System.Text.Json;
using AttnPo.Core.Data.Columns;
using AttnPo.Core.Data.Questions;
using AttnPo.Tests;
using Parquet;
using Xunit;

namespace AttnPo.Core.Tests.Data.Columns;

public sealed class ParquetRowsTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"attnpo-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.Lz4Raw)]
    public void Lists_structs_and_what_is_null_come_back_as_they_were_written(CompressionMethod compression)
    {
        File.WriteAllBytes(_path, ParquetFixture.Bytes(100, rowGroup: 30, compression));
        var count = 0;
        foreach (var row in new ParquetRows(_path).Read())
        {
            var written = ParquetFixture.Row(count);
            Assert.Equal((count, $"{_path}: row {count}", null), (row.Number, row.Place, row.Fault));
            Assert.Equal(JsonValueKind.Undefined, row.Content.KindOf("when"));
            var expected = JsonSerializer.SerializeToElement(new
            {
                written.data_source, written.prompt, written.ability, written.reward_model, written.score, written.count, written.solved, written.tags,
            });
            foreach (var member in expected.EnumerateObject())
                Assert.True(
                    row.Content.KindOf(member.Name) == member.Value.ValueKind
                        && (member.Value.ValueKind == JsonValueKind.Null || JsonElement.DeepEquals(member.Value, row.Content.Member(member.Name))),
                    $"row {count}: {member}");
            count++;
        }
        Assert.Equal(100, count);
    }

    [Fact]
    public void A_question_of_a_later_row_group_is_named_by_its_row_in_the_file()
    {
        File.WriteAllBytes(_path, ParquetFixture.Bytes(20, rowGroup: 6));
        var faults = new List<string>();
        var rows = new QuestionFile(DataFile.Open(_path)).Read(row => row, (place, fault) => faults.Add($"{place}: {fault}")).ToList();
        Assert.Equal([$"{_path}: row 6: \"reward_model\" is null", $"{_path}: row 13: \"reward_model\" is null"], faults);
        Assert.Equal(("0_gsm8k", "20", 19L), (rows[^1].Source, rows[^1].Gold.Text, rows[^1].Number));
    }

    [Fact]
    public void Row_groups_are_read_as_they_are_asked_for()
    {
        // The second group is damaged: the first is read before that is seen.
        var bytes = ParquetFixture.Bytes(40, rowGroup: 20);
        File.WriteAllBytes(_path, bytes);
        var second = SecondGroup(_path);
        bytes.AsSpan(second, 12).Fill(0xFF);
        File.WriteAllBytes(_path, bytes);
        using var rows = new ParquetRows(_path).Read().GetEnumerator();
        for (var i = 0; i < 20; i++) Assert.True(rows.MoveNext());
        Assert.StartsWith($"{_path}: ", Assert.Throws<InvalidDataException>(() => rows.MoveNext()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Zstd)]
    public void A_file_cut_short_anywhere_is_named(CompressionMethod compression)
    {
        var bytes = ParquetFixture.Bytes(15, compression: compression);
        for (var length = 1; length < bytes.Length; length += 1 + bytes.Length / 300)
        {
            File.WriteAllBytes(_path, bytes[..length]);
            AssertNamed(Assert.Throws<InvalidDataException>(ReadAll));
        }
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData(CompressionMethod.None, 1u)]
    [InlineData(CompressionMethod.Snappy, 2u)]
    [InlineData(CompressionMethod.Gzip, 3u)]
    [InlineData(CompressionMethod.Zstd, 4u)]
    public void Bytes_that_were_changed_are_read_or_refused_and_take_little_memory(CompressionMethod compression, uint seed)
    {
        var bytes = ParquetFixture.Bytes(15, compression: compression);
        var footer = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 8));
        var random = new Random((int)seed);
        var refused = 0;
        for (var round = 0; round < 120; round++)
        {
            var damaged = bytes.ToArray();
            // Half of the rounds in the footer, where sizes and places are.
            var (from, to) = round % 2 == 0 ? (4, bytes.Length) : (bytes.Length - 8 - footer, bytes.Length - 4);
            for (var changes = 1 + random.Next(3); changes > 0; changes--)
                damaged[random.Next(from, to)] = round % 3 == 0 ? (byte)0xFF : (byte)random.Next(256);
            File.WriteAllBytes(_path, damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll();
            }
            catch (InvalidDataException e)
            {
                AssertNamed(e);
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }
        Assert.InRange(refused, 30, 120);
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void Metadata_longer_than_the_file_are_refused()
    {
        var bytes = ParquetFixture.Bytes(3);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - 8), int.MaxValue);
        File.WriteAllBytes(_path, bytes);
        Assert.Contains("claims metadata of 2147483647 bytes", Assert.Throws<InvalidDataException>(ReadAll).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_file_that_is_named_so_and_is_none_says_so()
    {
        File.WriteAllText(_path, "{\"question\":\"1+1?\",\"gold\":\"2\"}\n");
        Assert.Contains("does not begin and end as a Parquet file does", Assert.Throws<InvalidDataException>(ReadAll).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [Trait("Contract", "C9")]
    [InlineData("pipe")]
    [InlineData("endless device")]
    [InlineData("directory")]
    [InlineData("empty file")]
    [InlineData("link to a pipe")]
    public void What_is_no_plain_file_is_not_opened(string kind)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Pipes and devices are put as Linux has them.");
        var path = _path + ".data";
        OddFile.Put(kind, path);
        try
        {
            Assert.Contains("is empty or no plain file", Assert.Throws<InvalidDataException>(() => DataFile.Open(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(path)) Directory.Delete(path);
            else File.Delete(path);
            File.Delete(path + ".pipe");
        }
    }

    private void ReadAll()
    {
        foreach (var row in DataFile.Open(_path).Read())
        {
            if (row.Fault is null) _ = row.Content.Names().Count();
        }
    }

    private void AssertNamed(InvalidDataException e)
    {
        Assert.StartsWith(_path + ": ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static int SecondGroup(string path)
    {
        using var stream = File.OpenRead(path);
        var reader = ParquetReader.CreateAsync(stream).GetAwaiter().GetResult();
        var column = reader.Metadata!.RowGroups[1].Columns[0].MetaData!;
        return (int)(column.DictionaryPageOffset is > 0 and var dictionary ? dictionary : column.DataPageOffset);
    }
}
