package dev.fairlead.cli;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/// The signals INT and TERM, which mean something other than "die" while a command runs elsewhere.
final class Signals {

    /// What a shell shows of a process that HUP has ended.
    private static final int HUNG_UP = 129;

    private Signals() {}

    /// Leaves INT to a child in the same terminal. By a handler that does nothing: a child would
    /// inherit what is ignored, but not a handler.
    static void leaveInterruptToChild() {
        Signal.handle(new Signal("INT"), signal -> {});
    }

    /// OpenSSH sends HUP to its proxy command as it ends, when the end of its stream is still on
    /// its way: then there is a moment to end in order.
    ///
    /// @param millis after which the process is ended all the same
    static void endSoonOnHangUp(long millis) {
        Signal.handle(
                new Signal("HUP"),
                signal ->
                        Thread.ofPlatform()
                                .daemon()
                                .name("hang-up")
                                .start(() -> {
                                    try {
                                        Thread.sleep(millis);
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    Runtime.getRuntime().halt(HUNG_UP);
                                }));
    }

    /// INT and TERM interrupt the thread that calls this; a second one ends the process.
    ///
    /// @return what the process should end with, as shells show it; null before a signal came
    static AtomicReference<@Nullable Integer> interruptThisThread() {
        var code = new AtomicReference<@Nullable Integer>();
        var thread = Thread.currentThread();
        for (String name : new String[] {"INT", "TERM"}) {
            Signal.handle(
                    new Signal(name),
                    signal -> {
                        int shown = 128 + signal.getNumber();
                        if (code.compareAndSet(null, shown)) {
                            thread.interrupt();
                        } else {
                            Runtime.getRuntime().halt(shown);
                        }
                    });
        }
        return code;
    }

    /// Hands INT and TERM to somebody else.
    static void forward(Consumer<String> to) {
        for (String name : new String[] {"INT", "TERM"}) {
            Signal.handle(new Signal(name), signal -> to.accept(name));
        }
    }
}
