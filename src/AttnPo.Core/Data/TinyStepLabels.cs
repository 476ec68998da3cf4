using System.Text.RegularExpressions;
using AttnPo.Core.Steps;

namespace AttnPo.Core.Data;

/// <summary>
/// The truth about the steps of a response to a tiny program. A sentence establishes a variable of the path when it gives the variable
/// its right value, gives it no other, and, where it shows a computation, shows the variable's own. The first step that establishes a
/// variable is essential; everything else, wrong computations too, is redundant.
/// </summary>
internal static partial class TinyStepLabels
{
    public static IReadOnlyList<StepLabel> Label(TinyProgram program, string response, IReadOnlyList<Step> steps)
    {
        var established = new HashSet<int>();
        var labels = new StepLabel[steps.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            var isFirst = false;
            foreach (var sentence in Sentences(response[steps[i].Start..steps[i].End]))
                isFirst |= AddEstablished(program, sentence, established);
            labels[i] = isFirst ? StepLabel.Essential : StepLabel.Redundant;
        }
        return labels;
    }

    public static int CountMissing(TinyProgram program, string response)
    {
        var end = response.IndexOf(TinyTeacher.EndOfThinking, StringComparison.Ordinal);
        var established = new HashSet<int>();
        foreach (var sentence in Sentences(end < 0 ? response : response[..end])) AddEstablished(program, sentence, established);
        return program.Path.Count - established.Count;
    }

    // A teacher's line is one sentence; a model may run several together in a line.
    private static string[] Sentences(string text) => text.Split('.', '\n');

    private static bool AddEstablished(TinyProgram program, string sentence, HashSet<int> established)
    {
        HashSet<int> right = [], wrong = [];
        foreach (Match assertion in Assertion().Matches(sentence))
        {
            var variable = assertion.Groups["variable"].Value[0] - 'a';
            if (variable >= program.Values.Length || !program.Path.Contains(variable)) continue;
            var working = assertion.Groups["working"];
            var isRight = assertion.Groups["value"].Value[0] - '0' == program.Values[variable]
                && (!working.Success || working.Value == WorkingOf(program, variable));
            (isRight ? right : wrong).Add(variable);
        }
        right.ExceptWith(wrong);
        var before = established.Count;
        established.UnionWith(right);
        return established.Count > before;
    }

    private static string WorkingOf(TinyProgram program, int variable)
    {
        var definition = program.DefinitionOf(variable);
        return $"{program.Values[definition.Source]}{definition.Operator}{definition.Operand}";
    }

    [GeneratedRegex(
        @"(?:(?<working>[0-9][-+*][0-9]) so )?(?<![\p{L}\p{N}])(?<variable>[a-z])(?:=| is )(?<value>[0-9])(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Assertion();
}
