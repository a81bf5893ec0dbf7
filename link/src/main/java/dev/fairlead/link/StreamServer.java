package dev.fairlead.link;

/// Serves the streams that the other side of a link opens.
@FunctionalInterface
public interface StreamServer {

    /// Called on the link's event loop for each OPEN; must not block. The stream waits, with at
    /// most its initial window of bytes, until it is accepted or refused, now or later.
    void serve(LinkStream stream);
}
