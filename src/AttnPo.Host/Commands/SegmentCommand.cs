using System.CommandLine;
using AttnPo.Core.Steps;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Commands;

/// <summary>segment: cuts the reasoning of responses into steps.</summary>
internal static class SegmentCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var phrases = new Option<string>("--phrases") { Description = "Table of transition phrases.", DefaultValueFactory = _ => "official" };
        phrases.AcceptOnlyFromAmong("official", "corrected");
        var minChars = new Option<int>("--min-chars") { Description = "Characters below which a step is merged.", DefaultValueFactory = _ => 80 }.AtLeast(1);
        var command = new Command("segment", "Cuts reasoning into steps: {\"id\",\"response\"} -> {\"id\",\"segments\":[[start,end,class],...]}, offsets in Unicode code points.")
        {
            phrases, minChars,
        };
        var rows = new RowOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var table = PhraseTable.Named(parsed.GetRequiredValue(phrases));
            var settings = new SegmentationSettings(MinCharacters: parsed.GetValue(minChars));
            return Task.FromResult(rows.Run(parsed, row => (Id: row.Id(), Response: row.Text("response")), 1, (batch, writer) =>
            {
                var (id, response) = batch[0];
                writer.Write(json =>
                {
                    json.WritePropertyName("id");
                    id.WriteTo(json);
                    json.WriteStartArray("segments");
                    var points = new CodePoints(response);
                    foreach (var step in StepSegmenter.Segment(response, table, settings))
                    {
                        json.WriteStartArray();
                        json.WriteNumberValue(points.At(step.Start));
                        json.WriteNumberValue(points.At(step.End));
                        json.WriteNumberValue((int)step.Class);
                        json.WriteEndArray();
                    }

                    json.WriteEndArray();
                });
            }, cancellation));
        });
        return command;
    }
}
