using System.CommandLine;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Text;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Commands;

/// <summary>tokenize: text to token ids with their offsets, and back.</summary>
internal static class TokenizeCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var folder = new Option<string>("--tokenizer") { Description = "Folder that holds tokenizer.json.", HelpName = "DIR", Required = true };
        var decode = new Option<bool>("--decode") { Description = "The other way: {\"id\",\"ids\"} -> {\"id\",\"text\"}." };
        var command = new Command("tokenize", "Text to token ids: {\"id\",\"text\"} -> {\"id\",\"ids\",\"offsets\"}, offsets in Unicode code points.") { folder, decode };
        var rows = new RowOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var tokenizer = Tokenizer.Load(parsed.GetRequiredValue(folder));
            return Task.FromResult(parsed.GetValue(decode)
                ? rows.Run(parsed, row => (Id: row.Id(), Ids: Known(row.Integers("ids"), tokenizer)), 1, (batch, writer) => writer.Write(json =>
                {
                    json.WritePropertyName("id");
                    batch[0].Id.WriteTo(json);
                    json.WriteString("text", tokenizer.Decode(batch[0].Ids).Text);
                }), cancellation)
                : rows.Run(parsed, row => (Id: row.Id(), Text: row.Text("text")), 1, (batch, writer) => writer.Write(json =>
                {
                    json.WritePropertyName("id");
                    batch[0].Id.WriteTo(json);
                    var tokens = tokenizer.EncodeWithOffsets(batch[0].Text);
                    json.WriteStartArray("ids");
                    foreach (var (id, _) in tokens) json.WriteNumberValue(id);
                    json.WriteEndArray();
                    json.WriteStartArray("offsets");
                    var points = new CodePoints(batch[0].Text);
                    foreach (var (_, characters) in tokens)
                    {
                        json.WriteStartArray();
                        json.WriteNumberValue(points.At(characters.Start));
                        json.WriteNumberValue(points.At(characters.End));
                        json.WriteEndArray();
                    }

                    json.WriteEndArray();
                }), cancellation));
        });
        return command;
    }

    private static int[] Known(int[] ids, Tokenizer tokenizer)
    {
        foreach (var id in ids)
            if (id < 0 || id >= tokenizer.VocabularySize) throw new RowException($"\"ids\" holds {id}; the tokenizer has 0 to {tokenizer.VocabularySize - 1}");
        return ids;
    }
}
