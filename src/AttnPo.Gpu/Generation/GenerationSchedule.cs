namespace AttnPo.Gpu.Generation;

/// <summary>
/// Which rows are decoded together, and when they end. Rows (one for each sample of each prompt, in the order of the answer)
/// occupy slots of the batch; a finished row keeps its slot until enough have finished to make the move of others into the holes
/// worth its cost. All of it is a function of the request and of the tokens drawn.
/// </summary>
internal sealed class GenerationSchedule
{
    // The batch is closed up when this share of its slots (one in so many) is idle.
    private const int IdleShare = 16;

    private readonly bool _closeUpAtOnce;
    private readonly GenerationRequest _request;
    private readonly HashSet<int> _stops;
    private readonly Row[] _rows;
    private readonly int[] _rowOfSlot;
    private int _alive;

    /// <param name="request">What to decode.</param>
    /// <param name="longestSequence">The model's limit on prompt and response together.</param>
    /// <param name="closeUpAtOnce">Do not wait for idle slots to gather: moves cost nothing.</param>
    public GenerationSchedule(GenerationRequest request, int longestSequence, bool closeUpAtOnce = false)
    {
        (_request, _closeUpAtOnce) = (request, closeUpAtOnce);
        _stops = [.. request.Sampling.StopTokens];
        _rows = new Row[request.Prompts.Count * request.SamplesPerPrompt];
        _rowOfSlot = new int[_rows.Length];
        for (var i = 0; i < _rows.Length; i++)
        {
            var prompt = request.Prompts[i / request.SamplesPerPrompt];
            _rows[i] = new Row(Math.Min(request.Sampling.MaxNewTokens, longestSequence - prompt.Tokens.Length));
            _rowOfSlot[i] = i;
        }
        (Width, _alive) = (_rows.Length, _rows.Length);
    }

    /// <summary>Slots in use, those of finished rows that still hold theirs included.</summary>
    public int Width { get; private set; }

    /// <summary>Whether every row has ended.</summary>
    public bool IsDone => _alive == 0;

    /// <summary>Whether the row in the slot still wants tokens.</summary>
    public bool IsAlive(int slot) => _rows[_rowOfSlot[slot]].Finish is null;

    /// <summary>Index of the slot's prompt in the request.</summary>
    public int Prompt(int slot) => _rowOfSlot[slot] / _request.SamplesPerPrompt;

    /// <summary>Number of the slot's row within its group.</summary>
    public int Sample(int slot) => _rowOfSlot[slot] % _request.SamplesPerPrompt;

    /// <summary>Tokens drawn for the slot's row: the position, in the response, of the next draw.</summary>
    public int Drawn(int slot) => _rows[_rowOfSlot[slot]].Tokens.Count;

    /// <summary>The token the slot's row drew last.</summary>
    public int LastToken(int slot) => _rows[_rowOfSlot[slot]].Tokens[^1];

    /// <summary>Adds a drawn token to the slot's row, which ends with it if it is a stop token or the last that fits.</summary>
    public void Record(int slot, int token, float logProb)
    {
        var row = _rows[_rowOfSlot[slot]];
        if (row.Finish is not null) throw new InvalidOperationException("a finished row takes no more tokens");
        row.Tokens.Add(token);
        row.LogProbs.Add(logProb);
        if (_stops.Contains(token)) row.Finish = FinishReason.Stop;
        else if (row.Tokens.Count >= row.Limit) row.Finish = FinishReason.Length;
        if (row.Finish is not null) _alive--;
    }

    /// <summary>Closes up the batch if that is worth it: the moves of rows from slots beyond the new width into holes below it.</summary>
    public IReadOnlyList<SlotMove> CloseUp()
    {
        var idle = Width - _alive;
        if (idle == 0 || (!_closeUpAtOnce && idle * IdleShare < Width)) return [];
        var moves = new List<SlotMove>();
        var hole = 0;
        for (var from = Width - 1; from >= _alive; from--)
        {
            if (!IsAlive(from)) continue;
            while (IsAlive(hole)) hole++;
            (_rowOfSlot[hole], _rowOfSlot[from]) = (_rowOfSlot[from], _rowOfSlot[hole]);
            moves.Add(new SlotMove(from, hole));
        }
        Width = _alive;
        return moves;
    }

    /// <summary>The responses, in the order of prompts and samples.</summary>
    public IEnumerable<Completion> Completions() => _rows.Select((row, i) => new Completion(
        _request.Prompts[i / _request.SamplesPerPrompt].Id,
        i % _request.SamplesPerPrompt,
        [.. row.Tokens],
        [.. row.LogProbs],
        row.Finish ?? throw new InvalidOperationException("a row has not ended")));

    private sealed class Row(int limit)
    {
        public int Limit { get; } = limit;

        public List<int> Tokens { get; } = [];

        public List<float> LogProbs { get; } = [];

        public FinishReason? Finish { get; set; }
    }
}

/// <summary>A row changes its slot.</summary>
internal readonly record struct SlotMove(int From, int To);
