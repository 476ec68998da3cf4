using System.Numerics;
using System.Runtime.InteropServices;

namespace AttnPo.Gpu.Generation;

/// <summary>
/// Draws a token from a row of logits: temperature, then top-k, then top-p over what remains, then the inverse of the cumulative
/// distribution at the given uniform number. The same row and number give the same token.
/// </summary>
internal sealed class Sampler
{
    // Sums are kept for blocks of tokens, so that the scan for the drawn token enters one block only.
    private const int Block = 64;

    private readonly SamplingSettings _settings;
    private readonly float[] _weights;
    private readonly double[] _blockSums;
    private readonly int[] _candidates;

    public Sampler(SamplingSettings settings, int vocabularySize)
    {
        _settings = settings;
        _weights = new float[vocabularySize];
        _blockSums = new double[(vocabularySize + Block - 1) / Block];
        _candidates = HasCutOff ? new int[vocabularySize] : [];
    }

    private bool IsGreedy => _settings.Temperature == 0;

    private bool HasCutOff => !IsGreedy && (_settings.TopP < 1 || _settings.TopK > 0);

    /// <summary>The drawn token and its natural log-probability at temperature 1 without cut-offs.</summary>
    /// <exception cref="InvalidOperationException">The logits are not finite.</exception>
    public (int Token, float LogProb) Draw(ReadOnlySpan<float> logits, double uniform)
    {
        var highest = Highest(logits);
        var total = Weigh(logits, highest, 1);
        if (!double.IsFinite(total) || total <= 0)
            throw new InvalidOperationException("the model's logits are not finite: its weights are damaged");
        var normalizer = highest + Math.Log(total);
        int token;
        if (IsGreedy) token = logits.IndexOf(highest);
        else
        {
            if (_settings.Temperature != 1) total = Weigh(logits, highest, (float)(1 / _settings.Temperature));
            token = HasCutOff ? DrawCandidate(total, uniform) : DrawAny(total, uniform);
        }
        return (token, (float)(logits[token] - normalizer));
    }

    private static float Highest(ReadOnlySpan<float> logits)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var best = new Vector<float>(float.NegativeInfinity);
        foreach (var vector in vectors) best = Vector.Max(best, vector);
        var highest = float.NegativeInfinity;
        for (var lane = 0; lane < Vector<float>.Count; lane++) highest = Math.Max(highest, best[lane]);
        foreach (var logit in logits[(vectors.Length * Vector<float>.Count)..]) highest = Math.Max(highest, logit);
        return highest;
    }

    /// <summary>Unnormalised probabilities into the buffer, their sums into the blocks' sums.</summary>
    private double Weigh(ReadOnlySpan<float> logits, float highest, float inverseTemperature)
    {
        var (shift, scale) = (new Vector<float>(highest), new Vector<float>(inverseTemperature));
        var total = 0.0;
        for (var block = 0; block < _blockSums.Length; block++)
        {
            var start = block * Block;
            var length = Math.Min(Block, logits.Length - start);
            var from = MemoryMarshal.Cast<float, Vector<float>>(logits.Slice(start, length));
            var to = MemoryMarshal.Cast<float, Vector<float>>(_weights.AsSpan(start, length));
            var sums = Vector<float>.Zero;
            for (var i = 0; i < from.Length; i++)
            {
                to[i] = Vector.Exp((from[i] - shift) * scale);
                sums += to[i];
            }
            double sum = Vector.Sum(sums);
            for (var i = start + from.Length * Vector<float>.Count; i < start + length; i++)
            {
                _weights[i] = MathF.Exp((logits[i] - highest) * inverseTemperature);
                sum += _weights[i];
            }
            _blockSums[block] = sum;
            total += sum;
        }
        return total;
    }

    private int DrawAny(double total, double uniform)
    {
        var target = uniform * total;
        var block = 0;
        while (block + 1 < _blockSums.Length && target >= _blockSums[block]) target -= _blockSums[block++];
        var end = Math.Min(_weights.Length, (block + 1) * Block);
        for (var token = block * Block; token < end; token++)
        {
            target -= _weights[token];
            if (target < 0) return token;
        }
        // Rounding left a remainder: the last token that has any probability.
        for (var token = end - 1; token >= 0; token--)
            if (_weights[token] > 0) return token;
        throw new InvalidOperationException("no token has any probability");
    }

    private int DrawCandidate(double total, double uniform)
    {
        var count = Candidates(total);
        var candidates = _candidates.AsSpan(0, count);
        var kept = 0.0;
        foreach (var token in candidates) kept += _weights[token];
        if (_settings.TopP < 1)
        {
            double wanted = _settings.TopP * (_settings.TopK > 0 ? kept : total), reached = 0;
            for (count = 0; count < candidates.Length && (count == 0 || reached < wanted); count++) reached += _weights[candidates[count]];
            candidates = candidates[..count];
            kept = reached;
        }
        var target = uniform * kept;
        foreach (var token in candidates)
        {
            target -= _weights[token];
            if (target < 0) return token;
        }
        return candidates[^1];
    }

    /// <summary>The tokens that can pass the cut-offs, most probable first, equal ones by id.</summary>
    private int Candidates(double total)
    {
        // Tokens below this cannot be in the nucleus: all of them together weigh less than what it leaves out.
        var least = _settings.TopK > 0 ? 0 : (1 - _settings.TopP) / _weights.Length * total;
        var count = 0;
        for (var token = 0; token < _weights.Length; token++)
            if (_weights[token] > 0 && _weights[token] >= least) _candidates[count++] = token;
        _candidates.AsSpan(0, count).Sort((a, b) =>
        {
            var byWeight = _weights[b].CompareTo(_weights[a]);
            return byWeight != 0 ? byWeight : a.CompareTo(b);
        });
        return _settings.TopK > 0 ? Math.Min(count, _settings.TopK) : count;
    }
}
