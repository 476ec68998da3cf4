using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Host.Models;
using AttnPo.Host.Progress;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Commands;

/// <summary>eval: accuracy and length of a model's responses, a row a question and a summary.</summary>
internal static class EvalCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var data = new Option<string[]>("--data")
        {
            Description = "Questions, JSON Lines or Parquet: {\"question\",\"gold\"}, {\"messages\",\"gold\"}, {\"prompt\",\"gold\"} (ready for the tokenizer), "
                + "or a data set's own form (docs/data.md). Equal questions count once.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = true,
        };
        var task = new Option<string>("--task") { Description = "Held-out prompts of a task that makes its own." };
        task.AcceptOnlyFromAmong("tiny");
        var prompts = new Option<int>("--prompts") { Description = "Evaluate only so many questions, from the first on.", HelpName = "N" }.AtLeast(1);
        var samples = new Option<int>("--samples") { Description = "Responses to each question.", HelpName = "K", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var output = new Option<string>("--out") { Description = "Rows, one a question; whole or not at all.", HelpName = "FILE", Required = true };
        var baseline = new Option<string>("--baseline") { Description = "Rows of another evaluation: adds the efficiency score against it.", HelpName = "FILE" };
        var skipBad = new Option<bool>("--skip-bad") { Description = "Count and leave out rows of --data that cannot be used instead of stopping at the first." };
        var isolation = new Option<string>("--isolation")
        {
            Description = "How programs in responses are run: required, in a sandbox made by bubblewrap; none, so that they may do all that this user may.",
            DefaultValueFactory = _ => Verifiers.IsolationWords[0],
        };
        isolation.AcceptOnlyFromAmong(Verifiers.IsolationWords);
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command("eval", "Measures accuracy and length of a model's responses.");
        var engine = new EngineOptions(command);
        command.Add(data);
        command.Add(skipBad);
        var fields = new FieldOption(command);
        var chat = new ChatOptions(command);
        command.Add(task);
        command.Add(prompts);
        command.Add(samples);
        var sampling = new SamplingOptions(command);
        command.Add(output);
        command.Add(baseline);
        command.Add(isolation);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            var files = parsed.GetValue(data) ?? [];
            if (files.Length > 0 == parsed.GetValue(task) is not null) throw new SettingsException("eval: expected --data FILE... or --task tiny, one of the two");
            if (files.Length == 0 && parsed.GetValue(skipBad)) throw new SettingsException("eval: --skip-bad goes with --data FILE...");
            if (files.Length == 0 && (fields.Given(parsed) ?? chat.FirstGiven(parsed)) is { } given)
                throw new SettingsException($"eval: {given} goes with --data FILE...");
            var before = parsed.GetValue(baseline) is { } path ? EvaluationRows.Read(path) : ((double Accuracy, double Tokens)?)null;
            var (folder, device, format) = engine.Open(parsed);
            // The task as the embedded default trains on it, and cut as there.
            var embedded = files.Length == 0 ? SettingsFiles.Resolve(SettingsFiles.DefaultName, []) : null;
            var tiny = embedded is null ? null : StageSettings.Task(embedded);
            var bad = new BadRows(parsed.GetValue(skipBad));
            var read = tiny is not null ? null : new PromptFiles(
                files, chat.Rendering(parsed, folder), bad, text => folder.PromptFault(folder.Tokenizer.Encode(text)),
                fields.Read(parsed), distinct: true);
            if (bad.Report is { } left) parsed.InvocationConfiguration.Error.WriteLine(left);
            var set = tiny?.HeldOut ?? read!;
            var count = parsed.GetResult(prompts) is null ? set.Count : Math.Min(set.Count, parsed.GetValue(prompts));
            for (var i = 0; tiny is not null && i < count; i++)
                if (folder.PromptFault(folder.Tokenizer.Encode(set[i].Text)) is { } fault)
                    throw new WorkFailedException($"{folder.Directory}: held-out prompt {i} {fault}");
            var enclosure = Verifiers.IsolationNamed(parsed.GetRequiredValue(isolation));
            if (read is not null) Verifiers.Require(Verifiers.KindsOf(set, count), enclosure, "--isolation none");
            var reader = new ResponseReader(
                folder.Tokenizer, PhraseTable.Official, embedded is null ? new() : StageSettings.Segmentation(embedded),
                Verifiers.Create(new(), new(), enclosure));

            using var writer = new RowWriter(parsed.GetRequiredValue(output));
            using var generator = EngineFactory.Generator(folder, device, format);
            IReadOnlyList<EvaluationRow> rows = [];
            CountedProgress.Run("questions", count, advance => rows = new ModelEvaluation(folder.Tokenizer, reader, tiny).Run(
                generator, set, count, parsed.GetValue(samples), sampling.Seed(parsed), sampling.Settings(parsed, folder),
                (prompt, answers) =>
                {
                    writer.Write(members => EvaluationRows.Write(members, prompt, answers));
                    advance();
                },
                cancellation));
            writer.Commit();

            var summary = EvaluationSummary.Of(rows);
            double? efficiency = before is { } b ? EfficiencyScore.Of(summary.Accuracy, summary.TokensMean, b.Accuracy, b.Tokens) : null;
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json)
                ? RowWriter.Line(members => WriteSummary(members, summary, efficiency)) : Readable(summary, efficiency));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void WriteSummary(Utf8JsonWriter json, EvaluationSummary summary, double? efficiency)
    {
        json.WriteNumber("n", summary.Questions);
        json.WriteNumber("samples", summary.Samples);
        json.WriteNumber("accuracy", summary.Accuracy);
        json.WriteNumber("pass_at_k", summary.PassAtK);
        json.WriteNumber("tokens_mean", summary.TokensMean);
        json.WriteNumber("tokens_median", summary.TokensMedian);
        json.WriteNumber("truncated", summary.Truncated);
        if (summary.Failed > 0) json.WriteNumber("failed", summary.Failed);
        if (summary.RedundantShare is { } redundant) json.WriteNumber("redundant_share", redundant);
        if (summary.EssentialMissing is { } missing) json.WriteNumber("essential_missing", missing);
        if (efficiency is { } score) json.WriteNumber("efficiency", score);
    }

    private static string Readable(EvaluationSummary summary, double? efficiency)
    {
        var lines = new List<string>
        {
            $"{summary.Questions} questions, {summary.Samples} response(s) each",
            string.Create(CultureInfo.InvariantCulture, $"accuracy       {summary.Accuracy:0.0000}   pass@{summary.Samples} {summary.PassAtK:0.0000}"),
            string.Create(CultureInfo.InvariantCulture, $"tokens         {summary.TokensMean:0.0} mean, {summary.TokensMedian:0.0} median, {summary.Truncated:0.00%} truncated"),
        };
        if (summary.Failed > 0) lines.Add($"failed         {summary.Failed} responses, left out");
        if (summary.RedundantShare is { } redundant)
            lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"steps          {redundant:0.0%} redundant, {summary.EssentialMissing ?? 0:0.00%} of the essential ones missing"));
        if (efficiency is { } score) lines.Add(string.Create(CultureInfo.InvariantCulture, $"efficiency     {score:0.000}"));
        return string.Join(Environment.NewLine, lines);
    }
}
