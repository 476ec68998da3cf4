using System.Numerics;

namespace AttnPo.Core.Probing;

/// <summary>
/// The scores of every head in flat rows: response after response, in each its essential steps first, then its redundant ones. Pairs
/// are then counted by comparing two runs of numbers, several at once, which is what makes hundreds of heads over thousands of
/// responses a matter of seconds. Responses without a pair rank nothing and are left out.
/// </summary>
internal sealed class ScoreTable
{
    private readonly double[][] _scores;
    private readonly Block[] _blocks;
    private readonly double[] _tried;

    private ScoreTable(double[][] scores, Block[] blocks, int[] prompts)
    {
        (_scores, _blocks, Prompts) = (scores, blocks, prompts);
        _tried = new double[blocks.Length == 0 ? 0 : blocks[^1].End];
        Pairs = blocks.Sum(block => block.Pairs);
    }

    /// <summary>A response's part of a row: essential steps from Start to Middle, redundant ones from there to End.</summary>
    private readonly record struct Block(int Start, int Middle, int End)
    {
        public long Pairs => (long)(Middle - Start) * (End - Middle);
    }

    /// <summary>Scored heads.</summary>
    public int Heads => _scores.Length;

    /// <summary>Responses with a pair.</summary>
    public int Responses => _blocks.Length;

    /// <summary>Pairs of an essential and a redundant step of all responses together.</summary>
    public long Pairs { get; }

    /// <summary>Of each response the number of its prompt, counted from 0 in the order in which prompts come.</summary>
    public IReadOnlyList<int> Prompts { get; }

    /// <summary>Pairs of one response.</summary>
    public long PairsOf(int response) => _blocks[response].Pairs;

    /// <summary>Lays out the scores.</summary>
    /// <exception cref="ArgumentException">
    /// There is no pair in any response, there are no heads, responses differ in heads, a head lacks a step's score, or a score is NaN.
    /// </exception>
    public static ScoreTable Of(IReadOnlyList<ProbedResponse> responses)
    {
        var heads = responses.Count == 0 ? 0 : responses[0].HeadScores.Count;
        if (responses.Count > 0 && (heads == 0 || responses.Any(response =>
            response.HeadScores.Count != heads || response.HeadScores.Any(scores => scores.Count != response.Essential.Count))))
            throw new ArgumentException("Every response needs a score of every head for every step.", nameof(responses));
        ProbedResponse[] ranked = [.. responses.Where(response => response.HasPair)];
        if (ranked.Length == 0)
            throw new ArgumentException(
                "No response has both essential and redundant steps, so heads cannot be told apart.", nameof(responses));

        var blocks = new Block[ranked.Length];
        var places = new int[ranked.Length][];
        var start = 0;
        for (var i = 0; i < ranked.Length; i++)
        {
            var essential = ranked[i].Essential;
            places[i] = [.. Enumerable.Range(0, essential.Count).OrderBy(step => !essential[step])];
            blocks[i] = new Block(start, start + essential.Count(isEssential => isEssential), start + essential.Count);
            start = blocks[i].End;
        }

        var scores = new double[heads][];
        for (var head = 0; head < heads; head++)
        {
            var row = scores[head] = new double[start];
            for (var i = 0; i < ranked.Length; i++)
            {
                var given = ranked[i].HeadScores[head];
                for (var place = 0; place < places[i].Length; place++) row[blocks[i].Start + place] = given[places[i][place]];
            }
            if (Array.Exists(row, double.IsNaN)) throw new ArgumentException("A score is no number.", nameof(responses));
        }
        return new ScoreTable(scores, blocks, PromptsOf(ranked));
    }

    /// <summary>Numbers the prompts of responses from 0, in the order in which they come.</summary>
    public static int[] PromptsOf(IReadOnlyList<ProbedResponse> responses)
    {
        var (known, next) = (new Dictionary<string, int>(StringComparer.Ordinal), 0);
        return [.. responses.Select(response =>
        {
            if (response.Prompt is null) return next++;
            if (!known.TryGetValue(response.Prompt, out var number)) known[response.Prompt] = number = next++;
            return number;
        })];
    }

    /// <summary>A row of zeros, to which heads can be added.</summary>
    public double[] Empty() => new double[_tried.Length];

    /// <summary>Adds a head's scores to a row of sums. A sum ranks as the mean does.</summary>
    public void Add(double[] sums, int head) => Add(sums, _scores[head], sums);

    /// <summary>The accuracy of the sums with one more head's scores. Not for several threads at once.</summary>
    public double AccuracyWith(double[] sums, int head)
    {
        Add(sums, _scores[head], _tried);
        return Accuracy(_tried);
    }

    /// <summary>The step ranking accuracy of a row of scores.</summary>
    public double Accuracy(double[] row)
    {
        long halves = 0;
        foreach (var block in _blocks) halves += Halves(row, block);
        return halves / (2.0 * Pairs);
    }

    /// <summary>For each response, how many half pairs a head ranks rightly: two for a pair in order, one for a tie.</summary>
    public double[] HalvesOfHead(int head) => HalvesOf(_scores[head]);

    /// <summary>For each response, how many half pairs a row of scores ranks rightly.</summary>
    public double[] HalvesOf(double[] row) => Array.ConvertAll(_blocks, block => (double)Halves(row, block));

    private static long Halves(double[] row, Block block)
    {
        var redundant = row.AsSpan(block.Middle, block.End - block.Middle);
        var whole = redundant.Length - (redundant.Length % Vector<double>.Count);
        long halves = 0;
        for (var i = block.Start; i < block.Middle; i++)
        {
            // Above or equal and above: two for a pair in order, one for a tie. A comparison that holds is -1.
            var (score, counted) = (row[i], Vector<long>.Zero);
            var scores = new Vector<double>(score);
            for (var j = 0; j < whole; j += Vector<double>.Count)
            {
                var others = new Vector<double>(redundant[j..]);
                counted -= Vector.GreaterThan(scores, others) + Vector.GreaterThanOrEqual(scores, others);
            }
            halves += Vector.Sum(counted);
            for (var j = whole; j < redundant.Length; j++)
            {
                if (score > redundant[j]) halves += 2;
                else if (score == redundant[j]) halves++;
            }
        }
        return halves;
    }

    private static void Add(double[] sums, double[] scores, double[] into)
    {
        for (var i = 0; i < into.Length; i++) into[i] = sums[i] + scores[i];
    }
}
