package dev.fairlead.cli;

import java.util.function.Consumer;
import sun.misc.Signal;

/// The signals INT and TERM, which mean something other than "die" while a command runs elsewhere.
final class Signals {

    private Signals() {}

    /// Leaves INT to a child in the same terminal. By a handler that does nothing: a child would
    /// inherit what is ignored, but not a handler.
    static void leaveInterruptToChild() {
        Signal.handle(new Signal("INT"), signal -> {});
    }

    /// Hands INT and TERM to somebody else.
    static void forward(Consumer<String> to) {
        for (String name : new String[] {"INT", "TERM"}) {
            Signal.handle(new Signal(name), signal -> to.accept(name));
        }
    }
}
