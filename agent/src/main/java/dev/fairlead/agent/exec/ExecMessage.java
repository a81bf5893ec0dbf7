package dev.fairlead.agent.exec;

/// The types of message inside an exec stream, each `u8 type, u32 length, bytes`
/// (`docs/protocol.md`, section exec).
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

    private ExecMessage() {}
}
