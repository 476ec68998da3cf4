using System.Text.RegularExpressions;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using Xunit;

namespace AttnPo.Core.Tests.Data;

public class TinyTaskTests
{
    private static readonly TinyTask Task = new(new TinyTaskSettings());

    // What a line a step needs: the shortest line has 13 characters.
    private static readonly SegmentationSettings ShortSteps = new(MinCharacters: 8);

    [Fact]
    public void Held_out_prompts_are_never_trained_on()
    {
        var heldOut = Read(Task.HeldOut, 2_000).Select(prompt => prompt.Text).ToHashSet();
        Assert.All(Read(Task.Train, 20_000), prompt => Assert.DoesNotContain(prompt.Text, heldOut));
        Assert.All(Enumerable.Range(0, 5_000), index => Assert.DoesNotContain(Task.Trace(seed: 3, index).Prompt.Text, heldOut));
    }

    [Fact]
    public void Prompts_of_another_seed_or_of_the_easy_task_stay_on_their_side()
    {
        var heldOut = new[] { Task, new TinyTask(TinyTaskSettings.Easy), new TinyTask(new TinyTaskSettings(), seed: 9) }
            .SelectMany(task => Read(task.HeldOut, 2_000)).Select(prompt => prompt.Text).ToHashSet();
        var easy = new TinyTask(TinyTaskSettings.Easy, seed: 4);
        Assert.All(Read(easy.Train, 5_000), prompt => Assert.DoesNotContain(prompt.Text, heldOut));
        Assert.All(Enumerable.Range(0, 5_000), index => Assert.DoesNotContain(easy.Trace(seed: 4, index).Prompt.Text, heldOut));
    }

    [Fact]
    public void A_prompt_is_a_function_of_seed_and_index()
    {
        var again = new TinyTask(new TinyTaskSettings());
        var other = new TinyTask(new TinyTaskSettings(), seed: 1);
        foreach (var index in (int[])[99_999, 0, 17, 17])
        {
            Assert.Equal(Task.Train[index], again.Train[index]);
            Assert.NotEqual(Task.Train[index], other.Train[index]);
        }
        Assert.Equal(Task.Trace(2, 40), again.Trace(2, 40));
        Assert.NotEqual(Task.Trace(2, 40).Response, Task.Trace(2, 41).Response);
    }

    [Fact]
    public void The_gold_answer_is_what_the_program_computes()
    {
        foreach (var prompt in Read(Task.Train, 500).Concat(Read(new TinyTask(new() { Distractors = 3 }).HeldOut, 500)))
        {
            // An evaluator of its own, from the text alone.
            var values = new Dictionary<char, int>();
            var statements = prompt.Text["<|begin|>".Length..prompt.Text.IndexOf('\n')].Split("; ");
            values['a'] = statements[0][2] - '0';
            foreach (var statement in statements[1..^1])
            {
                int left = values[statement[3]], right = statement[5] - '0';
                var value = statement[4] switch { '+' => left + right, '-' => left - right, _ => left * right };
                values[statement[0]] = (value + 10) % 10;
            }
            Assert.Equal(values[statements[^1][1]].ToString(), prompt.Gold.Text);
            Assert.EndsWith("\n<think>\n", prompt.Text);
        }
    }

    [Fact]
    public void Programs_have_as_many_operations_as_the_settings_say()
    {
        var counts = Read(Task.Train, 1_000).Select(prompt => prompt.Text.Split(":=").Length - 1).ToHashSet();
        Assert.Equal([4, 5, 6], counts.Order());
        Assert.Equal([1, 2, 3], Read(new TinyTask(TinyTaskSettings.Easy).Train, 1_000).Select(p => p.Text.Split(":=").Length - 1).ToHashSet().Order());
    }

    [Fact]
    public void Missing_one_value_leaves_every_answer_possible()
    {
        // The chain after any value is a permutation of the digits, so nothing less than the value tells the answer.
        foreach (var prompt in Read(Task.Train, 300))
        {
            var program = TinyProgram.Parse(prompt.Text);
            var answers = Enumerable.Range(0, 10).Select(value => program.Path.Aggregate(value, (v, at) => program.DefinitionOf(at).Apply(v)));
            Assert.Equal(10, answers.Distinct().Count());
        }
    }

    [Theory]
    [InlineData("official")]
    [InlineData("corrected")]
    public void Every_line_of_the_teacher_is_a_step(string table)
    {
        var task = new TinyTask(new TinyTaskSettings { Distractors = 2 });
        for (var index = 0; index < 300; index++)
        {
            var response = task.Trace(seed: 1, index).Response;
            var lines = response[..response.IndexOf("</think>", StringComparison.Ordinal)].Split('\n')[..^1];
            var steps = StepSegmenter.Segment(response, PhraseTable.Named(table), ShortSteps);
            Assert.Equal(lines, steps.Select(step => response[step.Start..step.End].TrimEnd('\n')));
        }
    }

    [Fact]
    public void The_teacher_computes_each_value_of_the_path_once_for_the_first_time()
    {
        foreach (var task in (TinyTask[])[Task, new TinyTask(new TinyTaskSettings { Distractors = 3 })])
        {
            for (var index = 0; index < 300; index++)
            {
                var (prompt, response) = task.Trace(seed: 2, index);
                var steps = StepSegmenter.Segment(response, PhraseTable.Corrected, ShortSteps);
                var labels = task.Label(prompt, response, steps);
                Assert.Equal(TinyProgram.Parse(prompt.Text).Path.Count, labels.Count(label => label == StepLabel.Essential));
                Assert.Equal(StepLabel.Essential, labels[0]);
                Assert.Equal(0, task.MissingEssentials(prompt, response));
                Assert.EndsWith($"so \\boxed{{{prompt.Gold.Text}}}<|end|>", response);
            }
        }
    }

    [Fact]
    public void Exercises_in_looking_up_are_the_only_redundant_lines_where_values_alone_are_asked_for()
    {
        var task = new TinyTask(new TinyTaskSettings { Redundancy = 2, Lines = RedundantLines.Values });
        var checks = 0;
        for (var i = 0; i < 100; i++)
        {
            var reasoning = task.Trace(seed: 1, i).Response.Split("</think>")[0];
            foreach (var line in reasoning.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.Matches(@"^((First|Then|Now), [a-z]:=.* so [a-z]=[0-9]|Let me double-check: [a-z]=[0-9])\.$", line);
                if (line.StartsWith("Let", StringComparison.Ordinal)) checks++;
            }
        }

        Assert.True(checks > 500);
    }

    [Fact]
    public void Between_78_and_82_percent_of_the_default_teachers_steps_are_redundant()
    {
        int steps = 0, essential = 0;
        for (var index = 0; index < 3_000; index++)
        {
            var (prompt, response) = Task.Trace(seed: 8, index);
            steps += response[..response.IndexOf("</think>", StringComparison.Ordinal)].Count(character => character == '\n');
            essential += TinyProgram.Parse(prompt.Text).Path.Count;
        }
        Assert.InRange(1 - (double)essential / steps, 0.78, 0.82);
    }

    [Fact]
    public void Every_line_that_the_teacher_writes_is_true()
    {
        for (var index = 0; index < 300; index++)
        {
            var (prompt, response) = Task.Trace(seed: 6, index);
            var values = TinyProgram.Parse(prompt.Text).Values;
            var sums = Regex.Matches(response, "([0-9])([-+*])([0-9])(?: so [a-z]=| is )([0-9])");
            Assert.NotEmpty(sums);
            foreach (Match sum in sums)
                Assert.Equal(TinyDefinition.Apply(Digit(sum, 1), sum.Groups[2].Value[0], Digit(sum, 3)), Digit(sum, 4));
            foreach (Match stated in Regex.Matches(response, "([a-z])(?:=| is )([0-9])"))
                Assert.Equal(values[stated.Groups[1].Value[0] - 'a'], Digit(stated, 2));
            foreach (Match definition in Regex.Matches(response, "[a-z]:=[a-z][-+*][0-9]")) Assert.Contains($" {definition.Value};", prompt.Text);
        }
    }

    [Fact]
    public void A_setting_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TinyTask(new() { MinOperations = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TinyTask(new() { MinOperations = 5, MaxOperations = 4 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TinyTask(new() { MaxOperations = 20, Distractors = 6 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TinyTask(new() { Redundancy = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Task.HeldOut[2_000]);
    }

    private static int Digit(Match match, int group) => match.Groups[group].Value[0] - '0';

    private static IEnumerable<Prompt> Read(IPromptSet set, int count) => Enumerable.Range(0, count).Select(index => set[index]);
}
