namespace AttnPo.Core.Verification.Code;

/// <summary>How programs of a policy, which may do anything, are kept from the machine.</summary>
public enum Isolation
{
    /// <summary>By bubblewrap: a program sees Python, its input and an empty folder. Where that does not work, none is run.</summary>
    Required,

    /// <summary>
    /// By limits alone: a program may read and change what this user may, reach the network, and leave processes behind that took
    /// care to. For programs that are trusted, or a machine that is itself thrown away.
    /// </summary>
    None,
}
