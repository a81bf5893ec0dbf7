package dev.fairlead.agent.exec;

/// The types of message inside a stream of kind `exec` or `terminal`, each `u8 type, u32 length,
/// bytes` (`docs/protocol.md`, section exec).
final class ExecMessage {

    static final int HEADER = 5;

    static final byte STDIN = 0;
    static final byte STDOUT = 1;
    static final byte STDERR = 2;

    /// `u32` exit code, or 128 + the signal that ended the program. The last message.
    static final byte EXIT = 3;

    /// The name of a signal without SIG.
    static final byte SIGNAL = 4;

    static final byte STDIN_END = 5;

    /// A sentence: the program ran but how it ended is not known. The last message.
    static final byte FAILED = 6;

    /// `u16` columns, `u16` rows: the person's window. Of a program on a terminal only.
    static final byte RESIZE = 7;

    private ExecMessage() {}
}
