using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Data.Questions;

/// <summary>
/// Questions of one file, read one at a time. All rows of a file are of one form: that of its first row which is of a known one, or the
/// one that was named.
/// </summary>
/// <param name="source">The rows.</param>
/// <param name="fields">What holds what; null: a known form is recognised.</param>
public sealed class QuestionFile(IRowSource source, FieldMap? fields = null)
{
    /// <summary>
    /// Makes something of each question in order. A row that is none, or that <paramref name="make"/> refuses with a
    /// <see cref="RowException"/>, is handed to <paramref name="onBad"/> with its place and the reason, and left out if that returns.
    /// </summary>
    /// <exception cref="InvalidDataException">The file cannot be read any further; the message names it.</exception>
    public IEnumerable<T> Read<T>(Func<QuestionRow, T> make, Action<string, string> onBad)
    {
        RowForm? form = null;
        foreach (var row in source.Read())
        {
            T made;
            try
            {
                if (row.Fault is not null) throw new RowException(row.Fault);
                made = make(Question(row.Content, ref form) with { Place = row.Place, Number = row.Number });
            }
            catch (RowException e)
            {
                onBad(row.Place, e.Message);
                continue;
            }
            yield return made;
        }
    }

    private QuestionRow Question(Row row, ref RowForm? form)
    {
        if (fields is not null) return fields.Read(row);
        if (form is null)
        {
            var first = RowForm.Of(row) ?? throw new RowException(
                $"no known form has the members {Listed(row)}; name those of question and gold (--field, data.fields), "
                + "or see docs/data.md: " + string.Join("; ", RowForm.Known.Select(known => $"{known.Name} has {known.Members}")));
            form = first;
        }
        else if (!form.Fits(row) && RowForm.Of(row) is { } other)
        {
            throw new RowException(
                $"the row is of the form {other.Name}, and the file's first of {form.Name}: put them in files of their own");
        }
        return form.Read(row);
    }

    private static string Listed(Row row) => row.Names().Take(20).Select(name => $"\"{name}\"").ToArray() is { Length: > 0 } names
        ? string.Join(", ", names) : "(none)";
}
