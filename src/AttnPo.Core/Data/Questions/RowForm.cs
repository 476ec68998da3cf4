using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Data.Questions;

/// <summary>A form that rows of a data set have, recognised by their members.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Members">The members that a row of it has, for messages.</param>
/// <param name="Fits">Whether a row is of it. What the members hold is not looked at beyond what tells forms apart.</param>
/// <param name="Read">Makes a question of a row; a <see cref="RowException"/> where it is none.</param>
public sealed record RowForm(string Name, string Members, Func<Row, bool> Fits, Func<Row, QuestionRow> Read)
{
    /// <summary>The forms that are known, in the order in which they are tried.</summary>
    public static IReadOnlyList<RowForm> Known { get; } =
    [
        OwnForm.Form, VerlForm.Form,
        MathForms.Olympiad, MathForms.Expected,
        CodeForms.LiveCodeBench, CodeForms.Tests,
        ChoiceForms.Choices, ChoiceForms.Lettered, ChoiceForms.Gpqa,
        MathForms.Gsm8K, MathForms.Answer, MathForms.Solution,
    ];

    /// <summary>The first known form that a row is of; null where it is of none.</summary>
    public static RowForm? Of(Row row) => Known.FirstOrDefault(form => form.Fits(row));
}
