namespace AttnPo.Core.Verification;

/// <summary>Where an answer is looked for, in this order: each is a place where responses without the ones before may give it.</summary>
[Flags]
public enum AnswerSource
{
    /// <summary>The last box.</summary>
    Box = 1,

    /// <summary>What follows the last "the answer is".</summary>
    Phrase = 2,

    /// <summary>The last formula between dollar signs or the like.</summary>
    Formula = 4,

    /// <summary>The last number.</summary>
    Number = 8,

    /// <summary>Anywhere.</summary>
    Anywhere = Box | Phrase | Formula | Number,
}
