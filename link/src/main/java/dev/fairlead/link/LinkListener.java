package dev.fairlead.link;

import java.time.Duration;

/// What happens to a link as a whole; called on its event loop.
public interface LinkListener {

    /// The other side takes no new streams and will close: dial anew after `wait`, then let go of
    /// this link.
    default void goingAway(LinkEnd cause, String message, Duration wait) {}

    /// The other side has come to a limit of this side, and was told so.
    ///
    /// @param limit as `docs/protocol.md` and the configurations name it: one of a few words
    default void limited(String limit) {}

    /// The link is over and all of its streams were closed. Called exactly once.
    void ended(LinkEnd cause, String message);
}
