namespace AttnPo.Core.Text;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What is said, taken as it is: a special token spelled in it becomes that token when it is encoded.</param>
public sealed record ChatMessage(string Role, string Content);
