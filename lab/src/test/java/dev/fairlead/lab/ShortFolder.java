package dev.fairlead.lab;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/// Temporary folders with a short path: OpenSSH keeps the sockets of shared connections below a
/// person's home, and the path of a socket has room for some hundred characters only.
final class ShortFolder implements TempDirFactory {

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
            throws IOException {
        while (true) {
            int number = ThreadLocalRandom.current().nextInt(1 << 24);
            var folder =
                    Path.of(
                            System.getProperty("java.io.tmpdir"),
                            "f" + Integer.toHexString(number));
            try {
                return Files.createDirectory(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // Another number.
            }
        }
    }
}
