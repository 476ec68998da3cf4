using AttnPo.Core.Data;
using AttnPo.Core.Evaluation;
using AttnPo.Gpu;
using AttnPo.Host.Models;
using AttnPo.Host.Progress;

namespace AttnPo.Host.Evaluations;

/// <summary>Makes the rows of an evaluation that are not there yet, chunk by chunk.</summary>
/// <param name="prompts">The questions.</param>
/// <param name="sets">How each is asked; so many are.</param>
/// <param name="evaluation">Generates and judges.</param>
/// <param name="file">Takes the rows.</param>
internal sealed class EvaluationWork(IPromptSet prompts, DataSets sets, ModelEvaluation evaluation, EvaluationFile file)
{
    /// <summary>Goes on after the rows that are there.</summary>
    /// <param name="open">Loads the model; called where there is something to generate.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="notices">Is told that it goes on, and on an interruption what is kept.</param>
    /// <param name="cancellation">Ends it; the rows of whole chunks are kept.</param>
    /// <returns>The responses to each question.</returns>
    public IReadOnlyList<IReadOnlyList<EvaluationRow>> Run(Func<IGenerator> open, ulong seed, TextWriter notices, CancellationToken cancellation)
    {
        var rows = file.Read(sets).ToList();
        var chunks = ModelEvaluation.Chunks(sets).ToList();
        // Of a chunk that was being written some rows may be there; it is decoded as a whole.
        var done = chunks.TakeWhile(chunk => chunk.First + chunk.Count <= rows.Count).Sum(chunk => chunk.Count);
        if (done < rows.Count)
        {
            file.Keep(done);
            rows.RemoveRange(done, rows.Count - done);
        }

        if (done > 0) notices.WriteLine($"going on after {done} of {sets.Count} questions, which are in {file.KeptIn}");
        if (done == sets.Count) return rows;
        try
        {
            using var generator = open();
            CountedProgress.Run("questions", sets.Count - done, advance =>
            {
                foreach (var (first, count) in chunks.Where(chunk => chunk.First >= done))
                {
                    var questions = evaluation.Run(
                        generator, [.. Enumerable.Range(first, count).Select(index => prompts[index])], sets.Of(first), seed, cancellation);
                    file.Append(questions, Origin);
                    foreach (var question in questions)
                    {
                        rows.Add(question.Responses);
                        advance();
                    }
                }
            });
        }
        catch (OperationCanceledException) when (file.KeptIn is { } kept && rows.Count > 0)
        {
            notices.WriteLine($"{rows.Count} of {sets.Count} questions are in {kept}; the same command goes on");
            throw;
        }

        return rows;
    }

    private (string Set, string? Id) Origin(long index) => (sets.Of(index).Name, (prompts as PromptFiles)?.Origin((int)index).Id);
}
