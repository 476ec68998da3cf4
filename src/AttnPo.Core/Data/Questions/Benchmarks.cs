using AttnPo.Core.Verification;

namespace AttnPo.Core.Data.Questions;

/// <summary>A benchmark as the method's publication measures on it. The file is the user's.</summary>
/// <param name="Name">How it is named on the command line and in reports.</param>
/// <param name="Samples">Responses to each question.</param>
/// <param name="Kind">How answers are judged.</param>
/// <param name="Forms">Names of the forms (<see cref="RowForm.Name"/>) in which it is found, beside verl and this project's own.</param>
/// <param name="Sources">What rows of the verl form call it (<see cref="QuestionRow.Source"/>).</param>
/// <param name="Published">The public data set.</param>
/// <param name="Licence">What its authors state or ask.</param>
public sealed record Benchmark(
    string Name, int Samples, AnswerKind Kind, IReadOnlyList<string> Forms, IReadOnlyList<string> Sources, string Published, string Licence)
{
    /// <summary>Of decoding, in the publication.</summary>
    public double Temperature => 0.6;

    /// <summary>Of decoding, in the publication.</summary>
    public double TopP => 0.95;
}

/// <summary>
/// The benchmarks of the method's publication. Samples are those of its evaluation files; for the three out of domain no number is
/// published: 4 where a pass over the set is small, 1 for MMLU, whose thousands of questions average by themselves.
/// </summary>
public static class Benchmarks
{
    /// <summary>All of them, those in domain first.</summary>
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("gsm8k", 4, AnswerKind.Math, ["gsm8k"], ["0_gsm8k", "gsm8k", "openai/gsm8k"], "openai/gsm8k, test", "MIT"),
        new("math500", 4, AnswerKind.Math, ["problem and answer", "problem and solution"], ["1_math", "math500", "HuggingFaceH4/MATH-500"],
            "HuggingFaceH4/MATH-500", "MIT"),
        new("amc23", 16, AnswerKind.Math, ["problem and answer"], ["2_amc", "amc23"], "math-ai/amc23", "none stated"),
        new("aime2024", 16, AnswerKind.Math, ["problem and answer", "nemo-skills"], ["3_aime2024", "aime2024", "aime24"],
            "HuggingFaceH4/aime_2024", "Apache-2.0"),
        new("aime2025", 16, AnswerKind.Math, ["problem and answer", "nemo-skills"], ["4_aime2025", "aime2025", "aime25"],
            "math-ai/aime25", "Apache-2.0"),
        new("olympiadbench", 4, AnswerKind.Math, ["olympiadbench"], ["5_olympiadbench", "olympiadbench"],
            "Hothan/OlympiadBench, OE_TO_maths_en_COMP", "Apache-2.0"),
        new("livecodebench", 4, AnswerKind.Code, ["livecodebench"], ["livecodebench"],
            "livecodebench/code_generation_lite, release v6", "as of the sites that the tasks are from"),
        new("gpqa-diamond", 4, AnswerKind.Choice, ["gpqa", "lettered choices", "mmlu"], ["gpqa", "gpqa-diamond", "gpqa_diamond"],
            "Idavidrein/gpqa, gpqa_diamond", "CC-BY-4.0; its authors ask that no question be put anywhere in plain text"),
        new("mmlu", 1, AnswerKind.Choice, ["mmlu"], ["mmlu", "cais/mmlu"], "cais/mmlu, test", "MIT"),
    ];

    /// <summary>A benchmark by its name; null where there is none.</summary>
    public static Benchmark? Named(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name);

    /// <summary>The benchmark that rows say they are of; null where it is none of these. The name of a file tells nothing.</summary>
    public static Benchmark? OfSource(string? source) =>
        source is null ? null : All.FirstOrDefault(benchmark => benchmark.Sources.Contains(source, StringComparer.OrdinalIgnoreCase));
}
