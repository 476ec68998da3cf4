using AttnPo.Actors.Faults;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;
using Xunit;

namespace AttnPo.Host.Tests.Settings;

public sealed class FaultSettingsTests
{
    private const string Crash = "point=update,after=2,action=crash";
    private const string Fail = "point=journal,action=throw";

    private static ResolvedSettings Resolve(string file, params string[] assignments) => SettingsResolver.Resolve(
        SettingsLayer.FromFile(Path.Combine(AppContext.BaseDirectory, "config", "attnpo.conf"), SettingOrigin.Defaults),
        SettingsLayer.FromText("task.name = tiny\n" + file, "run.conf", SettingOrigin.File),
        SettingsLayer.FromAssignments(assignments));

    private static string ErrorOf(string file, params string[] assignments) =>
        Assert.Throws<SettingsException>(() => Resolve(file, assignments)).Message;

    [Fact]
    public void Nothing_is_injected_by_default()
    {
        Assert.Same(FaultPlan.None, StageSettings.Faults(Resolve("")));
        Assert.Null(FaultSettings.Announcement(Resolve("")));
    }

    [Fact]
    public void Faults_of_a_file_become_the_plan()
    {
        var plan = StageSettings.Faults(Resolve($"faults = [\"{Crash}\", \"{Fail}\"]"));
        Assert.Equal([FaultPoint.Update, FaultPoint.Journal], Enum.GetValues<FaultPoint>().Where(plan.Has));
    }

    [Theory]
    [InlineData($"faults=[\"{Crash}\", \"{Fail}\"]")]
    [InlineData($"faults=\"{Crash}\",\"{Fail}\"")]
    public void With_set_each_stands_in_quotes_for_commas_part_the_items(string assignment) =>
        Assert.Equal([Crash, Fail], Resolve("", assignment).Get<string[]>("faults"));

    [Fact]
    public void An_option_adds_to_the_list()
    {
        var settings = FaultSettings.Add(Resolve($"faults = [\"{Crash}\"]"), [Fail]);
        Assert.Equal([Crash, Fail], settings.Get<string[]>("faults"));
        Assert.Equal($"faults are injected, in this start alone: {Crash}; {Fail}", FaultSettings.Announcement(settings));
    }

    [Theory]
    [InlineData("faults = [\"point=genrate,action=throw\"]",
        "run.conf:2: faults: \"point=genrate,action=throw\": point=genrate is not known; the nearest is generate,")]
    [InlineData($"faults = [\"{Crash}\", \"point=commit,action=drop\"]",
        "run.conf:2: faults: \"point=commit,action=drop\": action=drop is not possible at point=commit; possible there: crash, throw,")]
    [InlineData("faults = \"point=commit,action=throw\"",
        "run.conf:2: faults: \"point=commit,action=throw\" is not a list of faults, e.g. [")]
    public void A_wrong_fault_is_told_with_its_place_and_what_was_expected(string file, string message) =>
        Assert.StartsWith(message, ErrorOf(file), StringComparison.Ordinal);

    [Fact]
    public void A_wrong_fault_of_the_command_line_is_told_too() =>
        Assert.StartsWith(
            "--set: faults: \"point=generate\": action is missing; expected point=POINT,action=ACTION",
            ErrorOf("", "faults=point=generate,action=throw"), StringComparison.Ordinal);

    [Fact]
    public void Faults_are_of_one_start_and_no_part_of_what_decides_the_result()
    {
        var without = Resolve("");
        var with = FaultSettings.Add(Resolve($"faults = [\"{Crash}\"]"), [Fail]);
        Assert.Equal(without.Hash(), with.Hash());
        Assert.Empty(with.DifferencesTo(without));

        var written = with.ToHocon();
        Assert.Contains($"\n# faults = [\"{Crash}\", \"{Fail}\"]   # of this start alone\n", written, StringComparison.Ordinal);
        Assert.Empty(Resolve(written).Get<string[]>("faults"));
    }
}
