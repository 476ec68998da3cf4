using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Data.Questions;

/// <summary>Which members of a row hold what, for rows of no known form. A name with dots leads into objects.</summary>
/// <param name="Question">What a user asks: a text, or messages.</param>
/// <param name="Gold">
/// The right answer: a text or number, the first of a list; of a choice its letter or index from 0; of code the tests.
/// </param>
/// <param name="Kind">How answers are judged.</param>
/// <param name="Choices">A list of choices that the question does not hold; null: there is none.</param>
/// <param name="Source">What the row says it is of; null: nothing.</param>
public sealed record FieldMap(
    string Question, string Gold, AnswerKind Kind = AnswerKind.Math, string? Choices = null, string? Source = null)
{
    /// <summary>What may be named, each with what it means.</summary>
    public static IReadOnlyList<string> Names { get; } = ["question", "gold", "kind", "choices", "source"];

    /// <summary>The words for <see cref="Kind"/>.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["math", "choice", "code"];

    /// <summary>As texts name it; what is missing or empty is left to its default.</summary>
    /// <returns>The map and no fault, or a fault that says what was expected.</returns>
    public static (FieldMap? Map, string? Fault) Of(IReadOnlyDictionary<string, string> names)
    {
        if (names.Keys.FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
            return (null, $"\"{unknown}\" is none of {string.Join(", ", Names)}");
        if (Value("question") is not { } question || Value("gold") is not { } gold) return (null, "expected both question and gold");
        var kind = Value("kind") ?? Kinds[0];
        if (!Kinds.Contains(kind)) return (null, $"kind \"{kind}\" is none of {string.Join(", ", Kinds)}");
        if (Value("choices") is not null && kind != "choice") return (null, "choices goes with kind=choice");
        return (new(question, gold, Enum.Parse<AnswerKind>(kind, ignoreCase: true), Value("choices"), Value("source")), null);

        string? Value(string name) => names.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
    }

    /// <summary>Makes a question of a row.</summary>
    internal QuestionRow Read(Row row)
    {
        var (holder, member) = Lead(row, Question);
        var source = Source is { } named ? Lead(row, named) is var (of, name) ? of.TextOrNumber(name) : null : null;
        if (holder.KindOf(member) == JsonValueKind.Array)
        {
            return Kind == AnswerKind.Choice && Choices is not null
                ? throw new RowException($"\"{Question}\" holds messages, beside which choices have no place")
                : new(OwnForm.Messages(holder, member), GoldOf(row)) { Source = source, Id = RowId.Of(row) };
        }
        var question = holder.FilledText(member);
        if (Choices is null) return new(question, GoldOf(row)) { Source = source, Id = RowId.Of(row) };
        var (choiceHolder, choiceMember) = Lead(row, Choices);
        var (prompt, choices) = ChoiceForms.Question(question, choiceHolder, choiceMember);
        return new(prompt, GoldOf(row, choices)) { Source = source, Id = RowId.Of(row) };
    }

    private Gold GoldOf(Row row, int choices = ChoicePrompt.MostChoices)
    {
        var (holder, member) = Lead(row, Gold);
        return Kind switch
        {
            AnswerKind.Choice => ChoiceForms.Gold(holder, member, choices),
            AnswerKind.Code => CodeForms.Gold(holder, [member]),
            _ => MathForms.Of(holder, member),
        };
    }

    private static (Row Holder, string Member) Lead(Row row, string path)
    {
        // A member may have a dot in its name.
        while (!row.Has(path) && path.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            row = row.Object(path[..dot]);
            path = path[(dot + 1)..];
        }
        return (row, path);
    }
}
