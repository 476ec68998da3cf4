using AttnPo.Core.Text;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Data.Questions;

/// <summary>One question with its answer, as a data set has it: not yet written down with a chat template.</summary>
/// <param name="Messages">A conversation that ends with what a user asks; empty where <see cref="ReadyPrompt"/> is there.</param>
/// <param name="Gold">What responses are judged against.</param>
public sealed record QuestionRow(IReadOnlyList<ChatMessage> Messages, Gold Gold)
{
    /// <summary>A question that a user asks.</summary>
    public QuestionRow(string question, Gold gold) : this([new ChatMessage("user", question)], gold) { }

    /// <summary>A prompt ready for the tokenizer, in place of messages; null where there are some.</summary>
    public string? ReadyPrompt { get; init; }

    /// <summary>The data set that the row says it is of; null where it says none.</summary>
    public string? Source { get; init; }

    /// <summary>What the data set calls the question; null where it does not.</summary>
    public string? Id { get; init; }

    /// <summary>Where the row stands, as errors say it: file and line, or file and row.</summary>
    public string Place { get; init; } = "";

    /// <summary>Its line from 1 in JSON Lines, its row from 0 in Parquet.</summary>
    public long Number { get; init; }
}
