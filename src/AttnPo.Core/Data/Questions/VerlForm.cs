using System.Text.Json;
using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Data.Questions;

/// <summary>Rows as verl trains and evaluates on: a conversation, and the answer inside of <c>reward_model</c>.</summary>
internal static class VerlForm
{
    public static readonly RowForm Form = new(
        "verl", "prompt (messages) and reward_model.ground_truth",
        row => row.KindOf("reward_model") == JsonValueKind.Object && row.Has("prompt"), Read);

    private static QuestionRow Read(Row row)
    {
        // Their ground truth is something else than an expression, each task's its own.
        if (row.Has("ability") && row.Text("ability") is var ability && !ability.Equals("math", StringComparison.OrdinalIgnoreCase))
            throw new RowException($"\"ability\" is \"{ability}\"; of the verl form only math is read");
        var reward = row.Object("reward_model");
        return new(OwnForm.Messages(row, "prompt"), reward.TextOrNumber("ground_truth"))
        {
            Source = row.Has("data_source") ? row.Text("data_source") : null,
            Id = row.KindOf("extra_info") == JsonValueKind.Object && row.Object("extra_info").KindOf("index") == JsonValueKind.Number
                ? row.Object("extra_info").TextOrNumber("index") : null,
        };
    }
}
