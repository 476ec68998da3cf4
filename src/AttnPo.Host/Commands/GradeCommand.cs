using System.CommandLine;
using AttnPo.Core.Verification;
using AttnPo.Host.Models;

namespace AttnPo.Host.Commands;

/// <summary>grade: compares answers with reference answers.</summary>
internal static class GradeCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var strict = new Option<bool>("--strict") { Description = "By the published reward's own rules: the last box, or the text as it is." };
        var budget = new Option<int>("--budget") { Description = "Milliseconds of work that one comparison may take.", HelpName = "MS", DefaultValueFactory = _ => 50 }.Within(ms => ms is >= 1 and <= 10_000, "a number from 1 to 10000");
        var command = new Command("grade", "Compares answers: {\"id\",\"gold\",\"pred\"} -> {\"id\",\"equal\",\"extracted\",\"reason\"}. Both may be whole texts.") { strict, budget };
        var rows = new RowOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var isStrict = parsed.GetValue(strict);
            var grader = new TextGrader(
                Verifiers.Grader(isStrict ? "reference" : "equality", TimeSpan.FromMilliseconds(parsed.GetValue(budget))), asWritten: isStrict);
            return Task.FromResult(rows.Run(parsed, row => (Id: row.Id(), Gold: row.Text("gold"), Text: row.Text("pred")), 1, (batch, writer) =>
            {
                var (id, gold, text) = batch[0];
                var (grade, extracted) = grader.Compare(gold, text);
                writer.Write(json =>
                {
                    json.WritePropertyName("id");
                    id.WriteTo(json);
                    json.WriteBoolean("equal", grade.Outcome == GradeOutcome.Equal);
                    json.WriteString("extracted", extracted);
                    json.WriteString("reason", grade.Reason);
                });
            }, cancellation));
        });
        return command;
    }
}
