using AttnPo.Core.Data;
using AttnPo.Core.Data.Questions;
using AttnPo.Gpu;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Evaluations;

/// <summary>Questions that are asked alike and reported together.</summary>
/// <param name="Name">In rows and reports.</param>
/// <param name="Samples">Responses to each question.</param>
/// <param name="Sampling">How they are decoded.</param>
internal sealed record DataSet(string Name, int Samples, SamplingSettings Sampling);

/// <summary>What options ask for; null: left to the benchmark.</summary>
/// <param name="Samples">Responses to each question.</param>
/// <param name="Temperature">Of decoding.</param>
/// <param name="TopP">Of decoding.</param>
/// <param name="Sampling">What holds where neither an option nor a benchmark says anything.</param>
internal sealed record AskedDecoding(int? Samples, double? Temperature, double? TopP, SamplingSettings Sampling);

/// <summary>
/// Which data set each question is of, and how it is asked: an option counts first; then the benchmark, that of --benchmark or else the
/// one that the question's row names; then, for samples, how often every question of the set stands in the data.
/// </summary>
internal sealed class DataSets
{
    private readonly DataSet[] _ofPrompt;

    private DataSets(DataSet[] ofPrompt) => _ofPrompt = ofPrompt;

    /// <summary>All of them, in the order of their first question.</summary>
    public IReadOnlyList<DataSet> All => [.. _ofPrompt.Distinct()];

    /// <summary>Questions.</summary>
    public int Count => _ofPrompt.Length;

    /// <summary>The set of a question.</summary>
    public DataSet Of(long prompt) => _ofPrompt[prompt];

    /// <summary>One set of all questions.</summary>
    public static DataSets One(string name, int count, AskedDecoding asked)
    {
        var one = Ask(name, asked, null, 1);
        return new([.. Enumerable.Repeat(one, count)]);
    }

    /// <summary>The sets of the first prompts of files.</summary>
    /// <param name="prompts">Read from files.</param>
    /// <param name="count">How many are asked.</param>
    /// <param name="asked">By options.</param>
    /// <param name="benchmark">What all of them are said to be; null: what rows say.</param>
    /// <exception cref="SettingsException">They are not of the benchmark.</exception>
    public static DataSets Of(PromptFiles prompts, int count, AskedDecoding asked, Benchmark? benchmark)
    {
        var sets = Enumerable.Range(0, count)
            .GroupBy(index => Named(prompts.Origin(index), prompts[index], benchmark))
            .SelectMany(indices =>
            {
                var origins = indices.Select(index => prompts.Origin(index)).ToList();
                var set = Ask(indices.Key, asked, benchmark ?? origins[0].Benchmark, origins.Min(origin => origin.Copies));
                return indices.Select(index => (index, set));
            });
        return new([.. sets.OrderBy(entry => entry.index).Select(entry => entry.set)]);
    }

    /// <summary>The data set's name of each prompt of files, as rows name it.</summary>
    public static IReadOnlyList<string> Names(PromptFiles prompts) =>
        [.. Enumerable.Range(0, prompts.Count).Select(index => Named(prompts.Origin(index), prompts[index], null))];

    private static string Named(PromptOrigin origin, Prompt prompt, Benchmark? benchmark)
    {
        if (benchmark is null) return origin.Benchmark?.Name ?? origin.Source;
        if (origin.Benchmark is { } other && other != benchmark)
            throw new SettingsException(
                $"--benchmark {benchmark.Name}: {origin.Place} says that it is of {other.Name}; leave --benchmark away, and rows decide");
        if (prompt.Gold.Kind != benchmark.Kind)
            throw new SettingsException(
                $"--benchmark {benchmark.Name}: {origin.Place} is judged as {Word(prompt.Gold.Kind)}; expected {Word(benchmark.Kind)}");
        return benchmark.Name;
    }

    private static string Word(Enum kind) => kind.ToString().ToLowerInvariant();

    private static DataSet Ask(string name, AskedDecoding asked, Benchmark? benchmark, int copies) => new(
        name, asked.Samples ?? benchmark?.Samples ?? copies,
        asked.Sampling with
        {
            Temperature = asked.Temperature ?? benchmark?.Temperature ?? asked.Sampling.Temperature,
            TopP = asked.TopP ?? benchmark?.TopP ?? asked.Sampling.TopP,
        });
}
