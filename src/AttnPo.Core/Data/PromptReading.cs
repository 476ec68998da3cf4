namespace AttnPo.Core.Data;

/// <summary>A prompt in its place.</summary>
/// <param name="Position">Place in the endless reading of the prompt set.</param>
/// <param name="Prompt">Text and gold answer.</param>
/// <param name="Tokens">The text's token ids.</param>
public sealed record ReadPrompt(long Position, Prompt Prompt, int[] Tokens);

/// <summary>A stretch of the reading.</summary>
/// <param name="Prompts">Those that were read, in order.</param>
/// <param name="Skipped">How many between them were passed over. After the last none was: the next stretch looks at them itself.</param>
public sealed record PromptStretch(IReadOnlyList<ReadPrompt> Prompts, SkippedPrompts Skipped)
{
    /// <summary>How far it moves the cursor.</summary>
    public long Length => Prompts.Count + Skipped.Total;
}

/// <summary>
/// Goes along the endless order of a prompt set and passes over what is too long or taught nothing, until it has as many prompts as are
/// wanted: whoever is passed over takes no place. What is read is a function of the cursor and of what is known of the prompts then.
/// </summary>
/// <param name="prompts">The set.</param>
/// <param name="encode">Gives a text's token ids.</param>
/// <param name="seed">Of the order.</param>
/// <param name="longest">Tokens of the longest prompt that is read; null: none is passed over for its length.</param>
/// <param name="filter">Null: none is passed over for its difficulty.</param>
public sealed class PromptReading(IPromptSet prompts, Func<string, int[]> encode, ulong seed, int? longest, DifficultyFilter? filter)
{
    // Places in a row that hold each prompt in an epoch in which its difficulty does not count, wherever the row begins.
    private readonly long _patience = ((filter?.RetryEvery ?? 1) + 1L) * prompts.Count;

    /// <summary>The next prompts.</summary>
    /// <param name="cursor">Where to begin.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="difficulty">What is known of the prompts.</param>
    /// <exception cref="InvalidDataException">Every prompt of the set is too long.</exception>
    public PromptStretch Read(long cursor, int wanted, PromptDifficulty difficulty)
    {
        var (read, skipped, inVain) = (new List<ReadPrompt>(wanted), SkippedPrompts.None, 0L);
        for (var position = cursor; read.Count < wanted; position++)
        {
            var index = PromptOrder.At(seed, position, prompts.Count);
            var skip = filter?.SkipOf(difficulty.StreakOf(index), index, position / prompts.Count);
            if (skip is null)
            {
                var prompt = prompts[index];
                var tokens = encode(prompt.Text);
                if (!(tokens.Length > longest))
                {
                    read.Add(new ReadPrompt(position, prompt, tokens));
                    inVain = 0;
                    continue;
                }
                skip = PromptSkip.TooLong;
            }
            skipped = skipped.Plus(skip.Value);
            if (++inVain >= _patience)
            {
                throw new InvalidDataException(
                    $"Each of the {prompts.Count} prompts has more than {longest} tokens, so no step can be filled: raise"
                    + " rollout.max-prompt-tokens, as far as the model goes, or shorten the prompts");
            }
        }
        return new PromptStretch(read, skipped);
    }
}
