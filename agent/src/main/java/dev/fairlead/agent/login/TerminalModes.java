package dev.fairlead.agent.login;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Sets the modes that a person's own terminal has on the terminal of their session.
///
/// On its master side, by the C library: whoever opens the other side only for that leaves it hung
/// up when they close it again, and the JDK would make it the agent's own controlling terminal.
final class TerminalModes {

    /// `struct termios` of Linux (glibc and musl, x86-64 and arm64): four flag words, a line
    /// discipline, 32 characters, two speeds.
    private static final int SIZE = 60;

    private static final int INPUT = 0;
    private static final int OUTPUT = 4;
    private static final int CONTROL = 8;
    private static final int LOCAL = 12;
    private static final int CHARACTERS = 17;

    /// The places in `c_cc` of the opcodes 1 to 18; -1 for what Linux does not have.
    private static final int[] PLACES = {
        -1, 0, 1, 2, 3, 4, 11, 16, 8, 9, 10, -1, 12, 14, 15, -1, 7, -1, 13
    };

    private record Flag(int opcode, int word, int bit) {}

    private static final List<Flag> FLAGS =
            Arrays.asList(
                    new Flag(30, INPUT, 0x4),
                    new Flag(31, INPUT, 0x8),
                    new Flag(32, INPUT, 0x10),
                    new Flag(33, INPUT, 0x20),
                    new Flag(34, INPUT, 0x40),
                    new Flag(35, INPUT, 0x80),
                    new Flag(36, INPUT, 0x100),
                    new Flag(37, INPUT, 0x200),
                    new Flag(38, INPUT, 0x400),
                    new Flag(39, INPUT, 0x800),
                    new Flag(40, INPUT, 0x1000),
                    new Flag(41, INPUT, 0x2000),
                    new Flag(42, INPUT, 0x4000),
                    new Flag(50, LOCAL, 0x1),
                    new Flag(51, LOCAL, 0x2),
                    new Flag(52, LOCAL, 0x4),
                    new Flag(53, LOCAL, 0x8),
                    new Flag(54, LOCAL, 0x10),
                    new Flag(55, LOCAL, 0x20),
                    new Flag(56, LOCAL, 0x40),
                    new Flag(57, LOCAL, 0x80),
                    new Flag(58, LOCAL, 0x100),
                    new Flag(59, LOCAL, 0x8000),
                    new Flag(60, LOCAL, 0x200),
                    new Flag(61, LOCAL, 0x800),
                    new Flag(62, LOCAL, 0x4000),
                    new Flag(70, OUTPUT, 0x1),
                    new Flag(71, OUTPUT, 0x2),
                    new Flag(72, OUTPUT, 0x4),
                    new Flag(73, OUTPUT, 0x8),
                    new Flag(74, OUTPUT, 0x10),
                    new Flag(75, OUTPUT, 0x20),
                    new Flag(92, CONTROL, 0x100),
                    new Flag(93, CONTROL, 0x200));

    private static final int DISABLED_IN_SSH = 255;
    private static final int SET_NOW = 0;

    private static final MethodHandle GET =
            function(
                    "tcgetattr",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MethodHandle SET =
            function(
                    "tcsetattr",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS));

    private TerminalModes() {}

    static void set(int master, Map<Integer, Integer> modes) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var termios = arena.allocate(SIZE, 4);
            if ((int) GET.invokeExact(master, termios) != 0) {
                throw new IOException("the modes of a new terminal cannot be read");
            }
            apply(termios, modes);
            if ((int) SET.invokeExact(master, SET_NOW, termios) != 0) {
                throw new IOException("the modes of a new terminal cannot be set");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("termios cannot be called", e);
        }
    }

    private static void apply(MemorySegment termios, Map<Integer, Integer> modes) {
        for (int opcode = 1; opcode < PLACES.length; opcode++) {
            Integer value = modes.get(opcode);
            if (value != null && PLACES[opcode] >= 0) {
                byte character = value == DISABLED_IN_SSH ? 0 : value.byteValue();
                termios.set(ValueLayout.JAVA_BYTE, CHARACTERS + PLACES[opcode], character);
            }
        }
        for (var flag : FLAGS) {
            Integer value = modes.get(flag.opcode);
            if (value != null) {
                int word = termios.get(ValueLayout.JAVA_INT, flag.word);
                termios.set(
                        ValueLayout.JAVA_INT,
                        flag.word,
                        value != 0 ? word | flag.bit : word & ~flag.bit);
            }
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
