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
                var terms = sum.Terms.Select(Value).ToArray();
                return terms.All(term => term is not null) ? terms.Cast<Matrix>().Aggregate((Matrix?)null, (total, term) => total is null ? term : Sum(total, term)) : null;
            case Product product:
                return Product(product.Factors);
            case Power { Base: var matrix, Exponent: Number { Value: var exponent } } when exponent.IsSmall(out var n) && n is > 0 and <= LargestPower:
                return Value(matrix) is { } value ? Enumerable.Repeat(value, n).Aggregate((Matrix?)null, (total, factor) => total is null ? factor : Product(total, factor)) : null;
            case Quantity quantity:
                return Value(quantity.Value);
            default:
                return null;
        }
    }

    /// <summary>The entries of a matrix that is one row or one column.</summary>
    public static IReadOnlyList<Expression>? AsVector(Matrix matrix) =>
        matrix.Rows.Count == 1 ? matrix.Rows[0] : matrix.Rows[0].Count == 1 ? [.. matrix.Rows.Select(row => row[0])] : null;

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
            : new Matrix([.. total.Rows.Select(row => (IReadOnlyList<Expression>)[.. row.Select(entry => new Product([.. scalars, entry]))])]);
    }

    private static Matrix? Sum(Matrix a, Matrix b)
    {
        if (a.Rows.Count != b.Rows.Count || a.Rows[0].Count != b.Rows[0].Count) return null;
        return new Matrix([.. a.Rows.Zip(b.Rows, (left, right) => (IReadOnlyList<Expression>)[.. left.Zip(right, (x, y) => new Sum([x, y]))])]);
    }

    private Matrix? Product(Matrix a, Matrix b)
    {
        var (inner, columns) = (b.Rows.Count, b.Rows[0].Count);
        if (a.Rows[0].Count != inner) return null;
        budget.Spend(100L * a.Rows.Count * inner * columns);
        return new Matrix([.. a.Rows.Select(row => (IReadOnlyList<Expression>)[.. Enumerable.Range(0, columns).Select(
            column => Folded([.. Enumerable.Range(0, inner).Select(k => new Product([row[k], b.Rows[k][column]]))]))])]);
    }

    // Entries of numbers stay numbers: powers would pile up trees otherwise.
    private Expression Folded(Expression[] terms)
    {
        var sum = new Sum(terms);
        return new NormalForm(budget, unitsAreOne: false).Of(sum)?.AsRational is { } value ? new Number(value) : sum;
    }
}
