package dev.fairlead.lab.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// All fuzzers in one, for a short search: the first byte says whose input the rest is.
public final class AllFuzz {

    private AllFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            var target = target(input);
            byte[] rest = rest(input);
            target.once(rest.length <= target.most() ? rest : Arrays.copyOf(rest, target.most()));
        }
    }

    private static Target target(byte[] input) {
        return Target.values()[(input[0] & 0xFF) % Target.values().length];
    }

    private static byte[] rest(byte[] input) {
        return Arrays.copyOfRange(input, 1, input.length);
    }

    /// A fuzzer's input as one of this.
    static byte[] input(Target target, byte[] rest) {
        byte[] input = new byte[1 + rest.length];
        input[0] = (byte) target.ordinal();
        System.arraycopy(rest, 0, input, 1, rest.length);
        return input;
    }

    /// Gives each fuzzer what has crashed it, in a folder of its name.
    static void sort(Path crashes, Path folders) throws IOException {
        try (var files = Files.list(crashes)) {
            for (var file : files.toList()) {
                byte[] input = Files.readAllBytes(file);
                if (input.length > 0) {
                    var folder = Files.createDirectories(folders.resolve(target(input).toString()));
                    Files.write(folder.resolve(file.getFileName()), rest(input));
                }
            }
        }
    }
}
