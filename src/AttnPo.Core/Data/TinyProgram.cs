using System.Text;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Data;

/// <summary>One line of a program: its variable is <c>source operator operand</c> modulo 10.</summary>
internal readonly record struct TinyDefinition(int Source, char Operator, int Operand)
{
    public int Apply(int value) => Apply(value, Operator, Operand);

    public static int Apply(int value, char operation, int operand) => operation switch
    {
        '+' => (value + operand) % 10,
        '-' => (value - operand + 10) % 10,
        '*' => value * operand % 10,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "An operator is +, - or *."),
    };

    /// <summary>The operation that leads back. Multipliers are units modulo 10, so each has one.</summary>
    public (char Operator, int Operand) Inverse => Operator switch
    {
        '+' => ('-', Operand),
        '-' => ('+', Operand),
        _ => ('*', Operand switch { 3 => 7, 7 => 3, _ => Operand }),
    };
}

/// <summary>
/// A straight-line program over digits: variable 0 (<c>a</c>) is a constant, each further one is defined from an earlier one, and one is
/// asked for. As text: <c>a=3; b:=a+4; c:=b*7; ?c</c>.
/// </summary>
internal sealed partial class TinyProgram
{
    private static readonly int[] Multipliers = [3, 7, 9];

    private readonly TinyDefinition[] _definitions;
    private readonly int _asked;

    private TinyProgram(int constant, TinyDefinition[] definitions, int asked)
    {
        (_definitions, _asked) = (definitions, asked);
        Values = new int[definitions.Length + 1];
        Values[0] = constant;
        for (var i = 0; i < definitions.Length; i++) Values[i + 1] = definitions[i].Apply(Values[definitions[i].Source]);
        var path = new List<int>();
        for (var variable = asked; variable > 0; variable = DefinitionOf(variable).Source) path.Add(variable);
        path.Reverse();
        Path = path;
    }

    /// <summary>The value of each variable.</summary>
    public int[] Values { get; }

    /// <summary>The defined variables that the answer needs, in order; the constant is not among them.</summary>
    public IReadOnlyList<int> Path { get; }

    /// <summary>The value that is asked for.</summary>
    public int Answer => Values[_asked];

    /// <summary>The letter of a variable.</summary>
    public static char NameOf(int variable) => (char)('a' + variable);

    public TinyDefinition DefinitionOf(int variable) => _definitions[variable - 1];

    /// <summary>A random program.</summary>
    public static TinyProgram Draw(TinyTaskSettings settings, ref RandomSequence random)
    {
        var operations = settings.MinOperations + random.Next(settings.MaxOperations - settings.MinOperations + 1);
        var definitions = new TinyDefinition[operations + settings.Distractors];
        int last = 0, remaining = operations;
        for (var i = 0; i < definitions.Length; i++)
        {
            var isOnPath = random.Next(definitions.Length - i) < remaining;
            var source = isOnPath ? last : random.Next(i + 1);
            definitions[i] = random.Next(3) switch
            {
                0 => new(source, '+', 1 + random.Next(9)),
                1 => new(source, '-', 1 + random.Next(9)),
                _ => new(source, '*', Multipliers[random.Next(Multipliers.Length)]),
            };
            if (isOnPath) (last, remaining) = (i + 1, remaining - 1);
        }
        return new TinyProgram(random.Next(10), definitions, last);
    }

    /// <summary>Reads a program back from a text that holds it.</summary>
    /// <exception cref="FormatException">The text holds no such program.</exception>
    public static TinyProgram Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success) throw NotAProgram();
        var definitions = new List<TinyDefinition>();
        foreach (Capture capture in match.Groups["definition"].Captures)
        {
            // "b:=a+4": each variable is the next letter and is made from an earlier one.
            int variable = capture.Value[0] - 'a', source = capture.Value[3] - 'a', operand = capture.Value[5] - '0';
            if (variable != definitions.Count + 1 || source >= variable) throw NotAProgram();
            definitions.Add(new TinyDefinition(source, capture.Value[4], operand));
        }
        var asked = match.Groups["asked"].Value[0] - 'a';
        if (asked > definitions.Count) throw NotAProgram();
        return new TinyProgram(match.Groups["constant"].Value[0] - '0', [.. definitions], asked);

        FormatException NotAProgram() => new($"This prompt is no program of the tiny task: {text}");
    }

    /// <summary>A definition as text, such as <c>b:=a+4</c>.</summary>
    public string DefinitionText(int variable)
    {
        var definition = DefinitionOf(variable);
        return $"{NameOf(variable)}:={NameOf(definition.Source)}{definition.Operator}{definition.Operand}";
    }

    /// <summary>The program's text; equal texts are equal programs.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"a={Values[0]}; ");
        for (var variable = 1; variable <= _definitions.Length; variable++) text.Append(DefinitionText(variable)).Append("; ");
        return text.Append('?').Append(NameOf(_asked)).ToString();
    }

    [GeneratedRegex(@"a=(?<constant>[0-9]); (?:(?<definition>[b-z]:=[a-z][-+*][0-9]); )*\?(?<asked>[a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
