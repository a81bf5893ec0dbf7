package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Headers;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamOpener;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/// One program on a node: stdin goes there, stdout and stderr come back apart, and then its exit
/// code. Anything short of that code and the stream's orderly end is a failure, whatever was
/// printed before (`docs/protocol.md`, section exec).
public final class ExecRun {

    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int EXIT = 3;
    private static final int SIGNAL = 4;
    private static final int STDIN_END = 5;
    private static final int FAILED = 6;

    private static final int CHUNK = 32 * 1024;
    private static final int LONGEST_SENTENCE = 4 * 1024;
    private static final int TO_ACCEPT = 60;
    private static final int TO_PART = 2;

    private final BlockingStream stream;
    private final OutputStream toNode;
    private final DataInputStream fromNode;
    private final String node;

    /// Messages come from stdin and from signals.
    private final ReentrantLock sending = new ReentrantLock();

    private ExecRun(BlockingStream stream, String node) {
        this.stream = stream;
        this.toNode = stream.out();
        this.fromNode = new DataInputStream(stream.in());
        this.node = node;
    }

    /// Starts the program; returns when the node has accepted.
    ///
    /// @throws CliException where it was refused
    public static ExecRun start(StreamOpener link, Headers headers, String node)
            throws InterruptedException {
        var stream = BlockingStream.open(link, headers);
        try {
            stream.awaitAccepted(TO_ACCEPT);
        } catch (StreamException e) {
            throw StreamFailure.refused(e.end(), String.valueOf(e.getMessage()), node);
        } catch (IOException e) {
            throw StreamFailure.broken(StreamEnd.LINK_LOST, String.valueOf(e.getMessage()), node);
        }
        return new ExecRun(stream, node);
    }

    /// Sends a signal to the program.
    ///
    /// @param name without SIG
    public void signal(String name) {
        try {
            send(SIGNAL, name.getBytes(StandardCharsets.US_ASCII), name.length());
        } catch (IOException e) {
            // The program is over, or the stream broke: the reader tells.
        }
    }

    /// Breaks it off; the node ends the program, at once where it can be told.
    ///
    /// @param why for the person
    public void cut(String why) {
        stream.reset(StreamEnd.CANCELLED, why);
    }

    /// Feeds the program until `in` ends; runs beside [#result].
    public void feed(InputStream in) {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                send(STDIN, chunk, n);
            }
            send(STDIN_END, chunk, 0);
        } catch (StreamException e) {
            // The program is over, or the stream broke: the reader tells.
        } catch (IOException e) {
            stream.reset(StreamEnd.CANCELLED, "its standard input broke: " + e.getMessage());
        }
    }

    private void send(int type, byte[] bytes, int length) throws IOException {
        sending.lock();
        try {
            toNode.write(
                    ByteBuffer.allocate(5 + length)
                            .put((byte) type)
                            .putInt(length)
                            .put(bytes, 0, length)
                            .array());
        } finally {
            sending.unlock();
        }
    }

    /// Passes output on until the program is over.
    ///
    /// @return the program's exit code
    /// @throws CliException with [Exit#BROKEN] where the end is not the program's own
    public int result(OutputStream out, OutputStream err) {
        try {
            while (true) {
                int type = fromNode.readUnsignedByte();
                int length = fromNode.readInt();
                switch (type) {
                    case STDOUT -> copy(out, length);
                    case STDERR -> copy(err, length);
                    case EXIT -> {
                        int code = length == 4 ? fromNode.readInt() : badMessage(type, length);
                        return finished(code);
                    }
                    case FAILED -> throw new CliException(Exit.BROKEN, sentence(length));
                    default -> badMessage(type, length);
                }
            }
        } catch (EOFException e) {
            throw StreamFailure.broken(
                    StreamEnd.DONE,
                    "the node ended the stream without the program's exit code",
                    node);
        } catch (StreamException e) {
            throw StreamFailure.broken(e.end(), String.valueOf(e.getMessage()), node);
        } catch (IOException e) {
            throw new CliException(
                    Exit.FAILED, "Output could not be written: " + e.getMessage() + ".");
        } finally {
            stream.close();
        }
    }

    /// Waits for the orderly end behind the exit code, and until the node has ours.
    private int finished(int code) throws IOException {
        if (fromNode.read() >= 0) {
            badMessage(-1, 0);
        }
        stream.end();
        try {
            var ignored = stream.awaitOver(TO_PART);
        } catch (StreamException e) {
            // The program's end is known; what broke then concerns nobody.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return code;
    }

    private void copy(OutputStream to, int length) throws IOException {
        if (length < 0) {
            badMessage(STDOUT, length);
        }
        byte[] chunk = new byte[Math.min(CHUNK, length)];
        for (int left = length; left > 0; ) {
            int n = fromNode.read(chunk, 0, Math.min(chunk.length, left));
            if (n < 0) {
                throw new EOFException();
            }
            to.write(chunk, 0, n);
            left -= n;
        }
        to.flush();
    }

    private String sentence(int length) throws IOException {
        byte[] text = fromNode.readNBytes(Math.clamp(length, 0, LONGEST_SENTENCE));
        return new String(text, StandardCharsets.UTF_8);
    }

    private int badMessage(int type, int length) {
        stream.reset(StreamEnd.PROTOCOL_ERROR, "no such exec message");
        throw StreamFailure.broken(
                StreamEnd.PROTOCOL_ERROR,
                "the node sent a message that makes no sense (type "
                        + type
                        + ", "
                        + length
                        + " bytes)",
                node);
    }
}
