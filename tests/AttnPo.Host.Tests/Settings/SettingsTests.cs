using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Core.Verification.Code;
using AttnPo.Gpu;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;
using Xunit;

namespace AttnPo.Host.Tests.Settings;

public sealed class SettingsTests
{
    private static readonly string Defaults = Path.Combine(AppContext.BaseDirectory, "config", "attnpo.conf");

    private static ResolvedSettings Resolve(string file, params string[] assignments) => SettingsResolver.Resolve(
        SettingsLayer.FromFile(Defaults, SettingOrigin.Defaults),
        SettingsLayer.FromText("task.name = tiny\n" + file, "run.conf", SettingOrigin.File),
        SettingsLayer.FromAssignments(assignments));

    private static string ErrorOf(string file, params string[] assignments) =>
        Assert.Throws<SettingsException>(() => Resolve(file, assignments)).Message;

    [Theory]
    [InlineData("data.fields.question=q", "data.fields.gold: \"\" where a member where data.fields.question names one")]
    [InlineData("data.fields.kind=code", "data.fields.kind: code has no effect: data.fields.question names no member")]
    public void Members_of_the_data_are_named_together(string assignment, string message) =>
        Assert.Contains(message, ErrorOf("", "task.name=none", "data.files=a.jsonl", assignment), StringComparison.Ordinal);

    [Fact]
    public void The_default_file_holds_every_key_with_a_comment_above_it()
    {
        var layer = SettingsLayer.FromFile(Defaults, SettingOrigin.Defaults);
        Assert.Equal(SettingsSchema.Keys.Select(key => key.Path).Order(), layer.Values.Keys.Order());
        var lines = File.ReadAllLines(Defaults);
        foreach (var value in layer.Values)
        {
            var above = value.Value.Source.Line - 2;
            while (lines[above].Contains('=', StringComparison.Ordinal) && !lines[above].TrimStart().StartsWith('#')) above--;
            Assert.True(lines[above].TrimStart().StartsWith('#'), $"{value.Key} at line {value.Value.Source.Line} has no comment");
        }
    }

    [Fact]
    public void The_shipped_settings_resolve() =>
        Assert.Equal("tiny", SettingsFiles.Resolve("tiny", []).Get<string>("task.name"));

    [Fact]
    public void An_unknown_key_is_named_with_file_line_and_the_nearest_known_key() =>
        Assert.Equal("run.conf:4: credit.lamda: unknown key; the nearest known one is credit.lambda", ErrorOf("credit {\n  # a comment\n  lamda = 3\n}"));

    [Fact]
    public void An_unknown_key_on_the_command_line_is_named_too() =>
        Assert.Equal("--set: lambda: unknown key; the nearest known one is credit.lambda", ErrorOf("", "lambda=3"));

    [Theory]
    [InlineData("steps = many", "run.conf:2: steps: \"many\" is not a whole number from 1 to 10000000")]
    [InlineData("rollout.top-p = 1.5", "run.conf:2: rollout.top-p: \"1.5\" is not a number greater than 0 and at most 1")]
    [InlineData("method = ppo", "run.conf:2: method: \"ppo\" is not one of attnpo, tlmre, grpo, rloo")]
    [InlineData("credit { heads = [ \"a\" ] }", "run.conf:2: credit.heads: [a] is not auto, or a list of layer:head, e.g. [\"16:2\", \"20:9\"]")]
    [InlineData("pipeline.stall-after = 30", "run.conf:2: pipeline.stall-after: \"30\" is not a time with its unit (ms, s, m or h) of at least 1000ms, e.g. 300s")]
    [InlineData("verification.budget = 2h", "run.conf:2: verification.budget: \"2h\" is not a time with its unit (ms, s, m or h) of at least 1000ms and at most 3600000ms, e.g. 300s")]
    [InlineData("credit = 3", "run.conf:2: credit: \"3\" stands where a group was expected, e.g. credit.length-penalty")]
    [InlineData("rollout.dtype = f16", "run.conf:2: rollout.dtype: \"f16\" is not one of f32, bf16")]
    [InlineData("optimizer.logprob-gap-bound = 0", "run.conf:2: optimizer.logprob-gap-bound: \"0\" is not a number greater than 0, or auto")]
    [InlineData("verification.code.memory = 1MiB", "run.conf:2: verification.code.memory: \"1MiB\" is not bytes, e.g. 5GB, 500MB, 4GiB, at least 134217728")]
    [InlineData("verification.code.isolation = off", "run.conf:2: verification.code.isolation: \"off\" is not one of required, none")]
    [InlineData("device = gpu", "run.conf:2: device: \"gpu\" is not cpu, cuda, cuda:N or auto")]
    public void A_wrong_value_is_named_with_what_was_expected(string file, string message) => Assert.Equal(message, ErrorOf(file));

    [Fact]
    public void A_key_without_effect_is_an_error_when_it_was_asked_for_together_with_what_silences_it()
    {
        Assert.Contains("run.conf:3: credit.lambda: 3 has no effect: method = rloo gives no step credit", ErrorOf("method = rloo\ncredit.lambda = 3"));
        Assert.Contains("--set: credit.beta: 1 has no effect", ErrorOf("", "method=tlmre", "credit.beta=1"));
        Assert.Contains("--set: credit.beta: 1 has no effect", ErrorOf("method = tlmre", "credit.beta=1"));
    }

    [Fact]
    public void The_file_of_all_defaults_can_be_named_as_configuration()
    {
        var settings = SettingsFiles.Resolve("attnpo", ["data.files=[train.jsonl]"]);

        Assert.Equal("none", settings.Get<string>("task.name"));
        Assert.Equal(128, settings.Integer("rollout.prompts-per-step"));
    }

    [Fact]
    public void Formats_and_what_follows_from_them_reach_the_engine()
    {
        var whole = Resolve("");
        Assert.Equal((NumberFormat.Float32, NumberFormat.Float32), (StageSettings.GeneratorFormat(whole), StageSettings.Optimizer(whole).Compute));
        Assert.Equal(0.01, StageSettings.OptimizerStage(whole).LogProbGapBound);
        var half = Resolve("rollout.dtype = bf16\noptimizer { compute = bf16, recompute = false, importance-cap = 2 }");
        Assert.Equal(NumberFormat.BFloat16, StageSettings.GeneratorFormat(half));
        var optimizer = StageSettings.Optimizer(half);
        Assert.Equal((NumberFormat.BFloat16, false, 2.0), (optimizer.Compute, optimizer.Recompute, optimizer.ImportanceCap));
        Assert.Equal(3, StageSettings.OptimizerStage(half).LogProbGapBound);
        Assert.Equal(0.5, StageSettings.OptimizerStage(Resolve("optimizer.logprob-gap-bound = 0.5")).LogProbGapBound);
        Assert.Contains("optimizer.logprob-gap-bound = auto", half.ToHocon(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_budget_of_a_verification_reaches_its_stage() =>
        Assert.Equal(TimeSpan.FromMinutes(1.5), StageSettings.RewardVerifier(Resolve("verification.budget = 1.5m")).Budget);

    [Fact]
    public void What_programs_may_take_reaches_their_verifier_and_the_stage()
    {
        // Commands without settings go by the record's own.
        Assert.Equal(new CodeSettings(), StageSettings.Code(Resolve("")));
        Assert.Equal((Isolation.Required, TimeSpan.FromMinutes(1)), (StageSettings.Isolation(Resolve("")), StageSettings.RewardVerifier(Resolve("")).CodeTime));
        var settings = Resolve("verification.code { isolation = none, timeout = 1500ms, memory = 512MiB, total = 2m }");
        Assert.Equal(
            new CodeSettings { Timeout = TimeSpan.FromSeconds(1.5), Memory = 512 << 20, Total = TimeSpan.FromMinutes(2) }, StageSettings.Code(settings));
        Assert.Equal((Isolation.None, TimeSpan.FromMinutes(2)), (StageSettings.Isolation(settings), StageSettings.RewardVerifier(settings).CodeTime));
        Assert.Contains("verification.code.memory = 536870912", settings.ToHocon());
    }

    [Fact]
    public void Limits_of_programs_decide_the_result_and_how_they_are_isolated_does_not()
    {
        var hash = Resolve("").Hash();
        Assert.Equal(hash, Resolve("verification.code { isolation = none, memory = 1024MiB }").Hash());
        foreach (var other in (string[])["timeout = 7s", "memory = 2GiB", "total = 90s"]) Assert.NotEqual(hash, Resolve($"verification.code.{other}").Hash());
    }

    [Fact]
    public void A_choice_on_the_command_line_overrules_what_a_file_tunes() =>
        Assert.Equal("rloo", Resolve("credit.lambda = 3", "method=rloo").Get<string>("method"));

    [Fact]
    public void The_command_line_wins_over_the_file_and_the_file_over_the_defaults()
    {
        var settings = Resolve("seed = 5\nsteps = 6", "steps=7");
        Assert.Equal(5, settings.Get<long>("seed"));
        Assert.Equal(7, settings.Get<long>("steps"));
        Assert.Equal(8, settings.Get<long>("rollout.samples"));
        Assert.Equal("run.conf:2", settings.SourceOf("seed").ToString());
    }

    [Fact]
    public void Lists_are_written_with_commas_on_the_command_line() =>
        Assert.Equal(["1:2", "3:0"], Resolve("", "credit.heads=1:2,3:0").Get<string[]>("credit.heads"));

    [Fact]
    public void Held_out_prompts_are_the_tasks_or_of_files()
    {
        string[] files = ["task.name=none", "data.files=a.jsonl"];
        Assert.Equal(["b.jsonl", "c.parquet"], Resolve("", [.. files, "evaluation.prompts=8", "evaluation.files=b.jsonl,c.parquet"]).Get<string[]>("evaluation.files"));
        Assert.Contains("has no effect: evaluation.prompts = 0 evaluates nothing", ErrorOf("", [.. files, "evaluation.files=b.jsonl"]));
        Assert.Contains("has no effect: task.name = tiny makes its own prompts", ErrorOf("", "evaluation.files=b.jsonl"));
        Assert.Equal(Resolve("", files).Hash(), Resolve("", [.. files, "evaluation.prompts=8", "evaluation.files=b.jsonl"]).Hash());
    }

    [Fact]
    public void Keys_that_contradict_each_other_are_an_error()
    {
        Assert.Contains("task.operations-max: 2 where at least task.operations-min was expected", ErrorOf("task { operations-min = 3, operations-max = 2 }"));
        Assert.Contains("data.files: [] where at least one file", ErrorOf("", "task.name=none"));
        Assert.Contains(
            "run.conf:2: evaluation.prompts: 8 where 0, since evaluation.files names no held-out prompts",
            ErrorOf("evaluation.prompts = 8", "task.name=none", "data.files=a.jsonl"));
        Assert.Contains("--set: credit.heads: [] is not auto, or a list", ErrorOf("", "credit.heads=[]"));
    }

    [Theory]
    [InlineData("credit.beta=1")]
    [InlineData("credit.heads=0:1")]
    [InlineData("credit.scores=labels")]
    public void With_both_gates_closed_no_key_of_step_credit_has_an_effect(string assignment)
    {
        string[] closed = ["credit.positive-gate=off", "credit.negative-gate=off"];
        Assert.Contains("has no effect: credit.positive-gate = false and credit.negative-gate = false", ErrorOf("", [.. closed, assignment]));
        Assert.False(StageSettings.Credit(Resolve("", closed)).StepCredit);
        Assert.True(StageSettings.Credit(Resolve("", closed[0])).StepCredit);
    }

    [Theory]
    [InlineData("sqlite", "Data Source=a.db;Password=secret", "holds a password")]
    [InlineData("postgresql", "Host=h;Username=u;Password=secret", "holds a password")]
    [InlineData("postgresql", "Host=h;Username=u;Pwd=secret", "holds a password")]
    [InlineData("postgresql", "Hotel=secret", "not a connection string of postgresql")]
    [InlineData("postgresql", "", "empty where the address of a server was expected")]
    public void A_connection_string_that_cannot_be_used_or_holds_a_password_is_refused_unquoted(string provider, string text, string problem)
    {
        var error = ErrorOf("", $"journal.provider={provider}", $"journal.connection-string={text}");
        Assert.Contains("journal.connection-string: " + problem, error);
        Assert.DoesNotContain("secret", error);
    }

    [Fact]
    public void The_password_of_a_journal_on_a_server_comes_from_the_environment_and_is_not_written()
    {
        var settings = Resolve("", "journal.provider=postgresql", "journal.connection-string=Host=h;Username=u");
        try
        {
            Environment.SetEnvironmentVariable(JournalConnection.PasswordVariable, "secret");
            var journal = StageSettings.Journal(settings);
            Assert.Equal(JournalProvider.PostgreSql, journal.Provider);
            Assert.Contains("Password=secret", journal.ConnectionString);
            Assert.DoesNotContain("secret", settings.ToHocon());
        }
        finally
        {
            Environment.SetEnvironmentVariable(JournalConnection.PasswordVariable, null);
        }
    }

    [Theory]
    [InlineData("credit {\n lambda = 1\n", "run.conf:2: the '{' opened here is never closed")]
    [InlineData("seed = 1\n}", "run.conf:3: '}' closes nothing")]
    [InlineData("model.path = \"abc", "run.conf:2: a quoted text does not end")]
    [InlineData("seed", "run.conf:2: \"seed\" is neither KEY = VALUE nor a group")]
    [InlineData("= 3", "run.conf:2: '=' has no key before it")]
    public void A_file_that_breaks_off_is_an_error(string file, string message) => Assert.Equal(message, ErrorOf(file));

    [Fact]
    public void The_hash_covers_what_decides_the_result_and_nothing_else()
    {
        var hash = Resolve("").Hash();
        Assert.Equal(hash, Resolve("steps = 77\nlog.level = debug\nevaluation.prompts = 9\nverification.budget = 9s").Hash());
        Assert.NotEqual(hash, Resolve("seed = 77").Hash());
        Assert.NotEqual(Resolve("optimizer.schedule = linear").Hash(), Resolve("optimizer.schedule = linear\nsteps = 77").Hash());
        Assert.NotEqual(hash, Resolve("threads = 3").Hash());
        Assert.Equal(Resolve("", "method=rloo").Hash(), Resolve("credit.lambda = 3", "method=rloo").Hash());
    }

    [Fact]
    public void A_run_that_was_begun_before_there_were_prompt_keys_has_the_same_hash_still()
    {
        string[] fixedByTheMachine = ["data.files=[train.jsonl]", "credit.heads=0:2", "device=cpu", "threads=2"];
        var settings = SettingsFiles.Resolve("attnpo", fixedByTheMachine);
        Assert.Equal("48b527c0396f7c2f1a2bd8f716f44e5f0145b8651c2e8c2640a1f037981615e0", settings.Hash());
        var former = string.Join('\n', settings.ToHocon().Split('\n').Where(line => !line.StartsWith("prompt.", StringComparison.Ordinal)));
        var held = SettingsResolver.Resolve(
            SettingsLayer.FromFile(Defaults, SettingOrigin.Defaults), SettingsLayer.FromText(former, "settings.conf", SettingOrigin.File));
        Assert.Equal(settings.Hash(), held.Hash());
        Assert.Empty(settings.DifferencesTo(held));
        foreach (var other in (string[])["prompt.template=plain", "prompt.system=Be brief.", "prompt.open-think=false"])
            Assert.NotEqual(settings.Hash(), SettingsFiles.Resolve("attnpo", [.. fixedByTheMachine, other]).Hash());
    }

    [Fact]
    public void Watching_heads_decides_no_result_and_choosing_them_anew_does()
    {
        string[] tiny = ["task.name=tiny", "heads.every=5"];
        var hash = Resolve("", "task.name=tiny").Hash();
        Assert.Equal(hash, Resolve("", tiny).Hash());
        Assert.Equal(hash, Resolve("", [.. tiny, "heads.probe-responses=9"]).Hash());
        string[][] others = [[], ["heads.probe-responses=9"], ["heads.most=2"], ["heads.every=6"], ["heads.reselect=0.8"]];
        Assert.Equal(6, others.Select(other => Resolve("", [.. tiny, "heads.reselect=0.9", .. other]).Hash()).Append(hash).Distinct().Count());
        Assert.Equal(["heads.reselect"], Resolve("", tiny).DifferencesTo(Resolve("", [.. tiny, "heads.reselect=0.9"])));
    }

    [Theory]
    [InlineData("heads.reselect has no effect", "", "heads.reselect=0.9")]
    [InlineData("heads.most", "heads.every=5", "task.name=tiny", "heads.most=2")]
    [InlineData("heads.probe-file", "heads.every=5", "task.name=tiny", "heads.probe-file=a.jsonl")]
    [InlineData("heads.probe-responses", "heads.every=5\nheads.probe-file=a.jsonl", "task.name=none", "data.files=a.jsonl", "heads.probe-responses=9")]
    [InlineData("0, since heads.probe-file names no responses to watch heads on was expected", "", "task.name=none", "data.files=a.jsonl", "heads.every=5")]
    [InlineData("heads.every", "method = rloo", "task.name=tiny", "heads.every=5")]
    [InlineData("heads.every", "credit.scores = labels", "task.name=tiny", "heads.every=5")]
    [InlineData("heads.reselect", "", "task.name=tiny", "heads.every=5", "heads.reselect=1.5")]
    public void Keys_of_watched_heads_are_refused_where_they_do_nothing_or_make_no_sense(string message, string file, params string[] assignments)
    {
        var key = message.Split(' ')[0];
        var error = Assert.Throws<SettingsException>(() => Resolve(file, assignments)).Message;
        Assert.Contains(message == key ? $"{key}: " : message.Split(" has no effect")[0], error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_begun_before_prompts_could_be_passed_over_has_the_same_hash_still()
    {
        var settings = Resolve("");
        string[] groups = ["rollout.long-prompts", "difficulty."];
        var former = string.Join('\n', settings.ToHocon().Split('\n')
            .Where(line => !groups.Any(group => line.TrimStart('#', ' ').StartsWith(group, StringComparison.Ordinal))));
        var held = SettingsResolver.Resolve(
            SettingsLayer.FromFile(Defaults, SettingOrigin.Defaults), SettingsLayer.FromText(former, "settings.conf", SettingOrigin.File));
        Assert.Equal(settings.Hash(), held.Hash());
        Assert.Empty(settings.DifferencesTo(held));
        string[] choices = ["rollout.long-prompts=skip", "difficulty.skip-solved=1", "difficulty.skip-solved=2", "difficulty.skip-unsolved=1"];
        Assert.Equal(5, choices.Select(choice => Resolve("", choice).Hash()).Append(settings.Hash()).Distinct().Count());
        Assert.NotEqual(
            Resolve("", "difficulty.skip-solved=1").Hash(), Resolve("", "difficulty.skip-solved=1", "difficulty.retry-every=5").Hash());
    }

    [Fact]
    public void A_chance_for_prompts_of_which_none_is_passed_over_has_no_effect()
    {
        Assert.Contains(
            "--set: difficulty.retry-every: 5 has no effect: difficulty.skip-solved = off and difficulty.skip-unsolved = off pass over no prompt",
            ErrorOf("", "difficulty.retry-every=5"));
        Assert.Equal("run.conf:2: difficulty.skip-solved: \"0\" is not a whole number from 1 to 100, or off", ErrorOf("difficulty.skip-solved = 0"));
        Assert.Equal("run.conf:2: rollout.long-prompts: \"cut\" is not one of drop, skip", ErrorOf("rollout.long-prompts = cut"));
    }

    [Fact]
    public void Which_prompts_are_passed_over_reaches_the_sampler()
    {
        var model = ModelFolder.Open("tiny-reasoner");
        var (before, after) = (
            StageSettings.PromptSampler(Resolve(""), model),
            StageSettings.PromptSampler(
                Resolve("rollout.long-prompts = skip\ndifficulty { skip-solved = 2, retry-every = 6 }"), model));
        Assert.Equal((LongPrompts.Drop, null), (before.LongPrompts, before.Difficulty));
        Assert.Equal((LongPrompts.Skip, new DifficultyFilter { SkipSolved = 2, RetryEvery = 6 }), (after.LongPrompts, after.Difficulty));
        Assert.Equal(
            new DifficultyFilter { SkipUnsolved = 1 }, StageSettings.PromptSampler(Resolve("difficulty.skip-unsolved = 1"), model).Difficulty);
    }

    [Theory]
    [InlineData("Use \\boxed{} for the \"answer\".\nNo ${more} # or // less\t\\n.")]
    [InlineData("Bitte auf Deutsch: größer, 漢字, 😀")]
    [InlineData("")]
    public void A_system_message_written_beside_a_run_is_the_same_message(string system)
    {
        var settings = SettingsFiles.Resolve("attnpo", ["data.files=[train.jsonl]"]).With("prompt.system", system);
        var again = SettingsResolver.Resolve(
            SettingsLayer.FromFile(Defaults, SettingOrigin.Defaults), SettingsLayer.FromText(settings.ToHocon(), "settings.conf", SettingOrigin.File));
        Assert.Equal(system, again.Get<string>("prompt.system"));
    }

    [Fact]
    public void Keys_of_prompts_have_no_effect_where_a_task_makes_its_own() =>
        Assert.Contains("--set: prompt.template: qwen3 has no effect: task.name = tiny makes its own prompts", ErrorOf("", "prompt.template=qwen3"));

    [Theory]
    [InlineData("attnpo")]
    [InlineData("rloo")]
    public void Settings_written_beside_a_run_resolve_to_the_same_settings(string method)
    {
        var settings = Resolve("credit { lambda = 3, heads = [\"1:2\", \"3:0\"] }", $"method={method}", "seed=9");
        var again = SettingsResolver.Resolve(
            SettingsLayer.FromFile(Defaults, SettingOrigin.Defaults),
            SettingsLayer.FromText(settings.ToHocon(), "settings.conf", SettingOrigin.File));
        Assert.Equal(settings.Hash(), again.Hash());
        Assert.Empty(settings.DifferencesTo(again));
        Assert.Equal(["seed"], settings.DifferencesTo(again.With("seed", 4L)));
    }

    [Fact]
    public void An_include_is_an_error() => Assert.Contains("include", ErrorOf("include \"other.conf\""));
}
