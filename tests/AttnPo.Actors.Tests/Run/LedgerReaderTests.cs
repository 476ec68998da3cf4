using System.Security.Cryptography;
using System.Text.Json;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What a run that ended remembers, as another process reads it. Checkpoints lie three steps apart, saved states two.</summary>
public sealed class LedgerReaderTests
{
    private const int Steps = 7;

    [Fact]
    [Trait("Contract", "C1")]
    public async Task All_events_are_read_once_in_order_and_each_sampled_group_ends_exactly_once()
    {
        using var run = new FakeRun();
        // One prompt at which the engine always fails: a group that is dropped.
        run.Engine.OnGenerate = request =>
        {
            if (request.SamplesPerPrompt > 1 && request.Prompts.Any(prompt => prompt.Id == 20))
                throw new InvalidOperationException("no luck");
        };
        await run.RunAsync(Setup(run));

        var ledger = LedgerReader.Open(run.Directory, new JournalSettings());
        var events = ledger.Events().ToArray();

        Assert.Equal(Enumerable.Range(1, events.Length).Select(i => (long)i), events.Select(entry => entry.Sequence));
        Assert.IsType<RunStarted>(events[0].Happened);
        Assert.Equal(new RunFinished(new StepNumber(Steps)) { At = events[^1].Happened.At }, events[^1].Happened);
        var sampled = events.Select(entry => entry.Happened).OfType<WaveSampled>()
            .SelectMany(wave => wave.Prompts.Select((prompt, i) => (new GroupId(wave.Wave, i), prompt)));
        var ended = events.Select(entry => entry.Happened).OfType<StepCommitted>()
            .SelectMany(step => step.Groups.Select(group => (group.Group, group.Prompt)));
        Assert.Equal(sampled.OrderBy(group => $"{group.Item1}"), ended.OrderBy(group => $"{group.Group}"));

        var dropped = Assert.Single(events.Select(entry => entry.Happened).OfType<GroupDropped>());
        var step = StepHistory.Of(dropped.Group.Wave.Step, ledger.Events(dropped.Group.Wave.Step));
        var group = step.Groups.Single(group => group.Id == dropped.Group);
        Assert.Equal((DropReason.GenerationFailed, dropped.Prompt), (group.Outcome!.Dropped, group.Prompt));
        Assert.Null(ledger.ReadGroup(group));
        Assert.Equal(Steps * 6 - 1, ledger.Status.Groups.Used);
        Assert.Equal(1, ledger.Status.Groups.Dropped[DropReason.GenerationFailed]);
    }

    [Fact]
    [Trait("Contract", "C6")]
    public async Task Of_a_pruned_run_the_last_steps_are_read_whole_and_how_it_began()
    {
        using var run = new FakeRun();
        await run.RunAsync(Setup(run, keepSteps: 2));

        var ledger = LedgerReader.Open(run.Directory, new JournalSettings());
        var events = ledger.Events().ToArray();

        Assert.True(events[0].Sequence > 1, "Nothing was pruned.");
        Assert.Equal(Enumerable.Range(0, events.Length).Select(i => events[0].Sequence + i), events.Select(entry => entry.Sequence));
        Assert.Equal(7UL, ledger.Started!.Seed);
        Assert.Equal(new StepNumber(6), ledger.RolloutsSince);
        for (var step = 6; step <= Steps; step++)
        {
            var history = StepHistory.Of(new StepNumber(step), ledger.Events(new StepNumber(step)));
            Assert.Equal((4, 6), (history.Waves.Count, history.Groups.Count));
            Assert.All(history.Groups, group => Assert.Equal(4, ledger.ReadGroup(group)!.Rollouts.Count));
        }
        var gone = StepHistory.Of(new StepNumber(1), ledger.Events(new StepNumber(1)));
        Assert.Null(gone.Committed);
        Assert.Equal((Steps * 6, "Finished"), (ledger.Status.Groups.Used, ledger.Status.State));
    }

    [Fact]
    public async Task A_group_is_read_as_its_files_have_it_with_what_step_credit_did_to_each_step()
    {
        using var run = new FakeRun();
        await run.RunAsync(Setup(run));
        var ledger = LedgerReader.Open(run.Directory, new JournalSettings());
        var marks = new HashSet<StepMark?>();
        for (var step = 1; step <= Steps; step++)
        {
            var history = StepHistory.Of(new StepNumber(step), ledger.Events(new StepNumber(step)));
            foreach (var group in history.Groups)
            {
                var stored = ledger.ReadGroup(group)!;
                Assert.Equal((group.Prompt, new PolicyVersion(step - 1)), (stored.Prompt.Index, stored.Policy));
                var correct = stored.Rollouts.Count(rollout => rollout.Judgement!.Response.Verdict == Verdict.Correct);
                Assert.Equal(group.Outcome!.Correct, correct);
                var lines = File.ReadLines(Path.Combine(run.Directory, "rollouts", group.Wave!.Judged!.Judgement.Name))
                    .Select(line => JsonDocument.Parse(line).RootElement)
                    .Where(line => line.GetProperty("group").GetString() == $"{group.Id}");
                foreach (var (line, rollout) in lines.Zip(stored.Rollouts))
                {
                    var judgement = rollout.Judgement!;
                    Assert.Equal(line.GetProperty("response").GetString(), judgement.Response.Text);
                    Assert.Equal(line.GetProperty("advantage").GetDouble(), judgement.Advantage);
                    Assert.Equal(line.GetProperty("tokens").GetInt32(), rollout.Completion.Tokens.Length);
                    var factors = line.GetProperty("steps").EnumerateArray().Select(step => step[5].GetDouble());
                    Assert.Equal(factors, judgement.Steps.Select(step => step.Factor));
                    Assert.All(judgement.Steps, step => Assert.Equal(MarkOf(judgement, step), step.Mark));
                    Assert.All(judgement.Steps, step => Assert.NotNull(step.Label));
                    marks.UnionWith(judgement.Steps.Select(step => step.Mark));
                }
            }
        }
        Assert.Superset(new HashSet<StepMark?> { null, StepMark.Kept, StepMark.Attenuated }, marks);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task Committed_checkpoints_are_found_and_an_altered_one_is_not_opened()
    {
        using var run = new FakeRun();
        await run.RunAsync(Setup(run));
        // Named, but by nothing that was journaled: what a kill may leave.
        Directory.CreateDirectory(Path.Combine(run.Directory, "checkpoints", "step-000009"));

        var ledger = LedgerReader.Open(run.Directory, new JournalSettings());
        Assert.Equal([6, 7], ledger.Checkpoints.Select(step => step.Value));
        foreach (var step in ledger.Checkpoints)
        {
            var folder = ledger.OpenCheckpoint(step);
            Assert.Equal($"step-{step.Value:D6}", Path.GetFileName(folder));
            var file = Directory.GetFiles(folder)[0];
            File.AppendAllText(file, "more");
            Assert.Contains(file, Assert.Throws<InvalidDataException>(() => ledger.OpenCheckpoint(step)).Message);
        }
    }

    [Fact]
    public async Task Reading_leaves_directory_and_journal_as_they_were()
    {
        using var run = new FakeRun();
        await run.RunAsync(Setup(run));
        var before = Content(run.Directory);

        ReadAll(LedgerReader.Open(run.Directory, new JournalSettings()));

        Assert.Equal(before, Content(run.Directory));
    }

    [Fact]
    [Trait("Contract", "C9")]
    public async Task Files_that_were_altered_or_lost_are_named()
    {
        using var run = new FakeRun();
        await run.RunAsync(Setup(run));
        var ledger = LedgerReader.Open(run.Directory, new JournalSettings());
        var group = StepHistory.Of(new StepNumber(2), ledger.Events(new StepNumber(2))).Groups[0];
        var rollouts = Path.Combine(run.Directory, "rollouts", group.Wave!.Generated!.Rollouts.Name);
        File.WriteAllBytes(rollouts, File.ReadAllBytes(rollouts)[..^10]);
        Assert.Contains("were journaled", Assert.Throws<InvalidDataException>(() => ledger.ReadGroup(group)).Message);

        var parts = Directory.GetFiles(Path.Combine(run.Directory, "ledger")).Order(StringComparer.Ordinal).ToArray();
        var part = File.ReadAllBytes(parts[1]);
        File.WriteAllBytes(parts[1], [.. part[..20], (byte)'9', .. part[21..]]);
        Assert.Contains(parts[1], Assert.Throws<InvalidDataException>(() => ReadAll(ledger)).Message);

        File.Delete(parts[1]);
        Assert.Contains("are missing", Assert.Throws<InvalidDataException>(() => ReadAll(ledger)).Message);

        File.Delete(parts[^1]);
        File.WriteAllBytes(parts[1], part);
        Assert.Contains("neither in the journal nor in ledger/", Assert.Throws<InvalidDataException>(() => ReadAll(ledger)).Message);
    }

    [Fact]
    [Trait("Contract", "C9")]
    public async Task A_journal_that_is_no_database_or_of_a_newer_version_is_said_to_be_so()
    {
        using var run = new FakeRun();
        await run.RunAsync(run.Setup(steps: 1));
        var file = Path.Combine(run.Directory, "journal.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE journal SET manifest = 'run-improved/1' WHERE manifest = 'run-finished/1'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        Assert.Contains("a newer version", Assert.Throws<InvalidDataException>(Open).Message);

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.WriteAllText(file, string.Join(' ', Enumerable.Repeat("no database", 1000)));
        Assert.Contains("journal cannot be read", Assert.Throws<IOException>(Open).Message);

        LedgerReader Open() => LedgerReader.Open(run.Directory, new JournalSettings());
    }

    [Fact]
    public void A_directory_in_which_nothing_was_journaled_has_no_beginning()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(LedgerReader.Open(folder.Path, new JournalSettings()).Started);
        File.WriteAllText(folder["run.id"], "abc");
        Assert.Null(LedgerReader.Open(folder.Path, new JournalSettings()).Started);
        Assert.Equal(["run.id"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        // Killed before the journal had made its tables.
        File.WriteAllBytes(folder["journal.db"], []);
        Assert.Null(LedgerReader.Open(folder.Path, new JournalSettings()).Started);
    }

    [Theory]
    [InlineData("run-0.2")]
    public void A_run_of_an_earlier_version_is_read_with_every_kind_of_event(string fixture)
    {
        var ledger = LedgerReader.Open(Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture), new JournalSettings());
        var events = ReadAll(ledger);
        Assert.Equal(Enumerable.Range(1, events.Length).Select(i => (long)i), events.Select(entry => entry.Sequence));
        string[] kinds =
        [
            "checkpoint-written", "evaluated", "group-dropped", "run-continued", "run-paused", "run-resumed", "run-started",
            "step-committed", "wave-generated", "wave-judged", "wave-sampled",
        ];
        Assert.Equal(kinds, events.Select(entry => entry.Kind).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(("Paused", new StepNumber(6)), (ledger.Status.State, ledger.Step));
        var open = StepHistory.Of(new StepNumber(7), ledger.Events(new StepNumber(7)));
        Assert.Null(open.Committed);
        Assert.All(open.Waves.Where(wave => wave.Judged is not null), wave =>
            Assert.NotNull(ledger.ReadGroup(open.Groups.First(group => group.Wave == wave))!.Rollouts[0].Judgement));
    }

    internal static RunSetup Setup(FakeRun run, int keepSteps = 0)
    {
        var setup = run.Setup(Steps);
        return setup with
        {
            Run = setup.Run with
            {
                Retention = new RetentionSettings { CheckpointEvery = 3, SnapshotEvery = 2, KeepCheckpoints = 2, KeepSteps = keepSteps },
            },
        };
    }

    internal static LedgerEvent[] ReadAll(LedgerReader ledger) => [.. ledger.Events()];

    internal static SortedDictionary<string, string> Content(string directory)
    {
        var files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(directory, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
        return new SortedDictionary<string, string>(files, StringComparer.Ordinal);
    }

    private static StepMark? MarkOf(StoredJudgement judgement, StoredStep step) => judgement.Baseline is null ? null
        : step.Factor >= 1 ? StepMark.Kept
        : judgement.Advantage > 0 ? StepMark.Attenuated
        : StepMark.Protected;

}
