using System.Text;

namespace AttnPo.Core.Data;

/// <summary>
/// The overthinking teacher: it computes each value of the path in a line, and after each such line and before the end it checks, turns
/// back and reads again as often as chance has it. Each of its lines starts with a transition phrase, so each is a step. With all
/// kinds of lines, only one that computes a value says whose it is (<c>b=7</c>), so the answer has one place to look for it: checks
/// repeat a sum without the name, or a definition without the value.
/// </summary>
internal static class TinyTeacher
{
    public const string EndOfThinking = "</think>";
    public const string EndOfResponse = "<|end|>";

    /// <summary>What a line can start with.</summary>
    public static readonly string[] Openings =
        ["First, ", "Then, ", "Now, ", "Wait, ", "But, ", "Alternatively, ", "Let me double-check: "];

    /// <summary>A response to a program: the reasoning, its end, and the answer.</summary>
    public static string Respond(TinyProgram program, TinyTaskSettings settings, ref RandomSequence random)
    {
        // The stretch before the end is one more place for redundant lines, so that the mean over the essential lines is the setting.
        var linesAtEachPlace = settings.Redundancy * program.Path.Count / (program.Path.Count + 1);
        var another = linesAtEachPlace / (1 + linesAtEachPlace);
        var detours = Detours(program);
        var text = new StringBuilder();
        for (var done = 0; done < program.Path.Count; done++)
        {
            var opening = done == 0 ? "First, " : Forward(ref random);
            text.Append(opening).Append(Computation(program, program.Path[done]));
            while (random.NextDouble() < another) AppendRedundant(text, program, done, detours, settings.Lines, ref random);
        }
        while (random.NextDouble() < another) AppendDoubleCheck(text, program, program.Path.Count - 1, settings.Lines, ref random);
        return text.Append(Answer(program)).ToString();
    }

    private static string Forward(ref RandomSequence random) => random.Next(2) == 0 ? "Then, " : "Now, ";

    private static void AppendRedundant(
        StringBuilder text, TinyProgram program, int done, List<int> detours, RedundantLines lines, ref RandomSequence random)
    {
        var current = program.Path[done];
        switch (lines == RedundantLines.All ? random.Next(20) : 20)
        {
            case < 7:
                text.Append("Wait, ").Append(Sum(program, current)).Append(" is ").Append(program.Values[current]).Append(".\n");
                break;
            case < 12:
                text.Append("Alternatively, ").Append(Inversion(program, current));
                break;
            case < 16:
                text.Append("But, ").Append(program.DefinitionText(current)).Append(".\n");
                break;
            case < 18 when detours.Count > 0 && program.DefinitionOf(detours[0]).Source <= current:
                text.Append(Forward(ref random)).Append(Computation(program, detours[0]));
                detours.RemoveAt(0);
                break;
            default:
                AppendDoubleCheck(text, program, done, lines, ref random);
                break;
        }
    }

    private static void AppendDoubleCheck(
        StringBuilder text, TinyProgram program, int done, RedundantLines lines, ref RandomSequence random)
    {
        var variable = program.Path[random.Next(done + 1)];
        var repeated = lines == RedundantLines.All
            ? program.DefinitionText(variable)
            : $"{TinyProgram.NameOf(variable)}={program.Values[variable]}";
        text.Append("Let me double-check: ").Append(repeated).Append(".\n");
    }

    private static string Computation(TinyProgram program, int variable) =>
        $"{program.DefinitionText(variable)}, {Sum(program, variable)} so {TinyProgram.NameOf(variable)}={program.Values[variable]}.\n";

    private static string Sum(TinyProgram program, int variable)
    {
        var definition = program.DefinitionOf(variable);
        return $"{program.Values[definition.Source]}{definition.Operator}{definition.Operand}";
    }

    private static string Inversion(TinyProgram program, int variable)
    {
        var definition = program.DefinitionOf(variable);
        var (operation, operand) = definition.Inverse;
        return $"{program.Values[variable]}{operation}{operand} is {program.Values[definition.Source]}.\n";
    }

    private static string Answer(TinyProgram program)
    {
        var values = program.Path.Select(variable => $"{TinyProgram.NameOf(variable)}={program.Values[variable]}");
        return $"{EndOfThinking}\n{string.Join("; ", values)} so \\boxed{{{program.Answer}}}{EndOfResponse}";
    }

    // Values off the path whose sources the path, or the constant, provides.
    private static List<int> Detours(TinyProgram program)
    {
        var detours = new List<int>();
        for (var variable = 1; variable < program.Values.Length; variable++)
        {
            var source = program.DefinitionOf(variable).Source;
            if (!program.Path.Contains(variable) && (source == 0 || program.Path.Contains(source))) detours.Add(variable);
        }
        return detours;
    }
}
