package dev.fairlead.link;

/// How many other streams of its link bring bytes while one does.
enum Company {
    NONE,
    FEW,

    /// So many that a keystroke waits for others' turns in any case, and no one's window matters.
    MANY
}
