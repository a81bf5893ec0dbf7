package dev.fairlead.link;

/// What other streams of its link bring while one does.
enum Company {
    NONE,

    /// One at least brings little at a time: somebody who types waits for what is in front of them.
    KEYSTROKES,

    /// All bring much, so that nobody waits for a keystroke; or there are so many that a keystroke
    /// waits for others' turns in any case.
    BULK
}
