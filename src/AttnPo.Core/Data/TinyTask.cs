using AttnPo.Core.Steps;

namespace AttnPo.Core.Data;

/// <summary>
/// A small task in which overthinking is real and the truth about every step is known: straight-line programs over digits, modulo 10, and a
/// teacher that computes each value in a line and then keeps checking what it has.
/// </summary>
/// <remarks>
/// <para>
/// A step of the path cannot be skipped for free. Every operation is a permutation of the digits (adding, subtracting, multiplying by 3, 7
/// or 9), so whoever misses one value of the chain knows nothing about the answer and guesses right one time in ten. And the chain is too
/// deep to be followed silently: each operation is a look-up of the definition and an application to the value before it, one after the
/// other, and a model of four layers has no room in one forward pass for the eight to twelve such stages of four to six operations. It
/// has to write the values down; it need not write down anything twice.
/// </para>
/// <para>
/// Prompts to train on and held-out prompts are disjoint by construction, whatever the seeds and settings: a hash of the program itself
/// decides to which side it belongs.
/// </para>
/// </remarks>
public sealed class TinyTask : IStepLabels
{
    private const string Begin = "<|begin|>";
    private const string BeginOfThinking = "<think>";

    /// <summary>One program in this many is held out.</summary>
    private const ulong HeldOutModulus = 16;

    // Keys that keep the streams of random numbers apart.
    private const ulong TrainStream = 1, HeldOutStream = 2, TraceStream = 3;

    private readonly TinyTaskSettings _settings;

    /// <summary>The task as the settings and a seed have it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public TinyTask(TinyTaskSettings settings, ulong seed = 0)
    {
        settings.Check();
        _settings = settings;
        Train = new PromptSet(settings.TrainCount, index => PromptOf(Draw(TrainStream, seed, index, heldOut: false, out _), index));
        HeldOut = new PromptSet(settings.HeldOutCount, index => PromptOf(Draw(HeldOutStream, seed, index, heldOut: true, out _), index));
    }

    /// <summary>The prompts to train on.</summary>
    public IPromptSet Train { get; }

    /// <summary>The prompts that no training and no teacher's trace ever shows.</summary>
    public IPromptSet HeldOut { get; }

    /// <summary>
    /// A trace of the teacher, a function of seed and index: a prompt that is not held out and the response that follows it, up to and
    /// with the end token.
    /// </summary>
    public (Prompt Prompt, string Response) Trace(ulong seed, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var program = Draw(TraceStream, seed, index, heldOut: false, out var random);
        return (PromptOf(program, index), TinyTeacher.Respond(program, _settings, ref random));
    }

    /// <summary>A label for each step; the first line that computes a value of the path correctly is essential.</summary>
    /// <exception cref="FormatException">The prompt is none of this task's.</exception>
    public IReadOnlyList<StepLabel> Label(Prompt prompt, string response, IReadOnlyList<Step> steps) =>
        TinyStepLabels.Label(TinyProgram.Parse(prompt.Text), response, steps);

    /// <summary>How many values of the path the reasoning never computes correctly.</summary>
    /// <exception cref="FormatException">The prompt is none of this task's.</exception>
    public int MissingEssentials(Prompt prompt, string response) =>
        TinyStepLabels.CountMissing(TinyProgram.Parse(prompt.Text), response);

    /// <summary>
    /// Writes the task's <c>tokenizer.json</c> and <c>tokenizer_config.json</c> into a folder, the same bytes every time.
    /// </summary>
    public static void WriteTokenizer(string directory) =>
        TinyTokenizer.Write(directory, begin: Begin, end: TinyTeacher.EndOfResponse, BeginOfThinking, TinyTeacher.EndOfThinking);

    private TinyProgram Draw(ulong stream, ulong seed, long index, bool heldOut, out RandomSequence random)
    {
        random = new RandomSequence(stream, seed, (ulong)index);
        while (true)
        {
            var program = TinyProgram.Draw(_settings, ref random);
            if (IsHeldOut(program) == heldOut) return program;
        }
    }

    private static bool IsHeldOut(TinyProgram program)
    {
        var hash = 0UL;
        foreach (var character in program.ToString()) hash = RandomSequence.Mix(hash, character);
        return hash % HeldOutModulus == 0;
    }

    private static Prompt PromptOf(TinyProgram program, long index) =>
        new(index, $"{Begin}{program}\n{BeginOfThinking}\n", program.Answer.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private sealed class PromptSet(int count, Func<int, Prompt> read) : IPromptSet
    {
        public int Count => count;

        public Prompt this[int index]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfNegative(index);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
                return read(index);
            }
        }
    }
}
