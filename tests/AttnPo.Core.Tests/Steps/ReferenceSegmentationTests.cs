using System.Text.Json;
using AttnPo.Core.Steps;
using Xunit;

namespace AttnPo.Core.Tests.Steps;

public class ReferenceSegmentationTests
{
    [SkippableTheory]
    [InlineData("traces/dev.jsonl", 66)]
    [InlineData("traces/segment-edge-dev.jsonl", 120)]
    public void Every_trace_is_cut_as_the_reference_cuts_it(string file, int rows) => Compare(SharedData.Rows(file), rows);

    /// <summary>A part of the same rows, which every clone has.</summary>
    [Theory]
    [InlineData("traces.jsonl", 5)]
    [InlineData("edges.jsonl", 30)]
    public void The_traces_kept_here_are_cut_as_the_reference_cuts_them(string file, int rows) => Compare(
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Steps", "Fixtures", file)).Select(line => JsonSerializer.Deserialize<JsonElement>(line)),
        rows);

    private static void Compare(IEnumerable<JsonElement> traces, int rows)
    {
        var seen = 0;
        foreach (var row in traces)
        {
            var response = row.GetProperty("response").GetString()!;
            var expected = row.GetProperty("expected_segments").EnumerateArray()
                .Select(segment => (segment[0].GetInt32(), segment[1].GetInt32(), segment[2].GetInt32()));
            var actual = StepSegmenter.Segment(response, PhraseTable.Official, new SegmentationSettings())
                .Select(step => (CodePoints(response, step.Start), CodePoints(response, step.End), (int)step.Class));
            Assert.True(expected.SequenceEqual(actual), row.GetProperty("id").GetString());
            seen++;
        }
        Assert.Equal(rows, seen);
    }

    private static int CodePoints(string text, int utf16Index) => text[..utf16Index].EnumerateRunes().Count();
}
