package dev.fairlead.link;

/// What streams are opened on: a [Link], or something that lives through a succession of links.
@FunctionalInterface
public interface StreamOpener {

    /// Opens a stream. Never throws: what goes wrong is told to the listener by `closed`.
    LinkStream open(Headers headers, StreamListener listener);
}
