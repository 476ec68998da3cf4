namespace AttnPo.Core.Verification.Expressions;

/// <summary>Sums, products and powers of matrices, entry by entry.</summary>
/// <param name="budget">Pays.</param>
internal sealed class MatrixArithmetic(WorkBudget budget)
{
    private const int LargestPower = 64, MostEntries = 400;

    /// <summary>The matrix that an expression comes to; null where it is none, or shapes do not fit.</summary>
    public Matrix? Value(Expression expression)
    {
        switch (expression)
        {
            case Matrix matrix:
                return matrix.Rows.Count * matrix.Rows[0].Count <= MostEntries ? matrix : null;
            case Sum sum:
                return Combined([.. sum.Terms.Select(Value)], Sum);
            case Product product:
                return Product(product.Factors);
            case Power { Base: var @base, Exponent: Number exponent }:
                if (!exponent.Value.IsSmall(out var n) || n is < 1 or > LargestPower) return null;
                return Combined([.. Enumerable.Repeat(Value(@base), n)], Product);
            case Quantity quantity:
                return Value(quantity.Value);
            default:
                return null;
        }
    }

    /// <summary>The entries of a matrix that is one row or one column.</summary>
    public static IReadOnlyList<Expression>? AsVector(Matrix matrix) =>
        matrix.Rows.Count == 1 ? matrix.Rows[0] : matrix.Rows[0].Count == 1 ? [.. matrix.Rows.Select(row => row[0])] : null;

    /// <summary>All of them, from left to right; null where one is none or two do not fit.</summary>
    private static Matrix? Combined(Matrix?[] matrices, Func<Matrix, Matrix, Matrix?> combine) =>
        matrices.Aggregate((total, next) => total is null || next is null ? null : combine(total, next));

    private Matrix? Product(IReadOnlyList<Expression> factors)
    {
        Matrix? total = null;
        var scalars = new List<Expression>();
        foreach (var factor in factors)
        {
            if (Value(factor) is not { } matrix) scalars.Add(factor);
            else if (total is null) total = matrix;
            else if (Product(total, matrix) is { } next) total = next;
            else return null;
        }
        return total is null || scalars.Count == 0 ? total
            : Of(total.Rows.Select(row => row.Select(entry => new Product([.. scalars, entry]))));
    }

    private static Matrix? Sum(Matrix a, Matrix b)
    {
        if (a.Rows.Count != b.Rows.Count || a.Rows[0].Count != b.Rows[0].Count) return null;
        return Of(a.Rows.Zip(b.Rows, (left, right) => left.Zip(right, (x, y) => new Sum([x, y]))));
    }

    private Matrix? Product(Matrix a, Matrix b)
    {
        var (inner, columns) = (b.Rows.Count, b.Rows[0].Count);
        if (a.Rows[0].Count != inner) return null;
        budget.Spend(100L * a.Rows.Count * inner * columns);
        return Of(a.Rows.Select(row => Enumerable.Range(0, columns).Select(
            column => Folded([.. Enumerable.Range(0, inner).Select(k => new Product([row[k], b.Rows[k][column]]))]))));
    }

    private static Matrix Of(IEnumerable<IEnumerable<Expression>> rows) =>
        new([.. rows.Select(row => (IReadOnlyList<Expression>)[.. row])]);

    // Entries of numbers stay numbers: powers would pile up trees otherwise.
    private Expression Folded(Expression[] terms)
    {
        var sum = new Sum(terms);
        return new NormalForm(budget, unitsAreOne: false).Of(sum)?.AsRational is { } value ? new Number(value) : sum;
    }
}
