package dev.fairlead.agent.ssh.sftp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files of the login, by the operations of SFTP version 3.
final class SftpFiles {

    static final int MAX_DATA = 256 * 1024;
    static final int MAX_HANDLES = 1000;

    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int APPEND = 4;
    private static final int CREATE = 8;
    private static final int TRUNCATE = 16;
    private static final int EXCLUSIVE = 32;

    private static final int USUAL_FILE = 0666;
    private static final int USUAL_FOLDER = 0777;
    private static final int NAMES_AT_ONCE = 100;

    private final Map<String, OpenFile> files = new HashMap<>();
    private final Map<String, OpenFolder> folders = new HashMap<>();
    private int lastHandle;

    private record OpenFile(Path path, FileChannel channel, boolean append) {}

    private record OpenFolder(DirectoryStream<Path> stream, Iterator<Path> names) {}

    String open(String name, int flags, Attributes attributes) throws IOException {
        limit();
        var options = new HashSet<OpenOption>();
        if ((flags & READ) != 0) {
            options.add(StandardOpenOption.READ);
        }
        if ((flags & (WRITE | APPEND)) != 0) {
            options.add(StandardOpenOption.WRITE);
        }
        if ((flags & CREATE) != 0) {
            options.add(
                    (flags & EXCLUSIVE) != 0
                            ? StandardOpenOption.CREATE_NEW
                            : StandardOpenOption.CREATE);
        }
        if ((flags & TRUNCATE) != 0 && (flags & WRITE) != 0) {
            options.add(StandardOpenOption.TRUNCATE_EXISTING);
        }
        var path = Path.of(name);
        var channel = FileChannel.open(path, options, permissions(attributes.modeOr(USUAL_FILE)));
        String handle = handle();
        files.put(handle, new OpenFile(path, channel, (flags & APPEND) != 0));
        return handle;
    }

    String openFolder(String name) throws IOException {
        limit();
        var stream = Files.newDirectoryStream(Path.of(name));
        String handle = handle();
        folders.put(handle, new OpenFolder(stream, stream.iterator()));
        return handle;
    }

    private void limit() throws IOException {
        if (files.size() + folders.size() >= MAX_HANDLES) {
            throw new IOException("too many files are open");
        }
    }

    private String handle() {
        return Integer.toString(++lastHandle);
    }

    void close(String handle) throws IOException {
        var file = files.remove(handle);
        if (file != null) {
            file.channel.close();
            return;
        }
        var folder = folders.remove(handle);
        if (folder == null) {
            throw new IOException("no such handle");
        }
        folder.stream.close();
    }

    private OpenFile file(String handle) throws IOException {
        var file = files.get(handle);
        if (file == null) {
            throw new IOException("no such handle");
        }
        return file;
    }

    /// Reads as much as there is room for; -1 at the end.
    int read(String handle, long offset, ByteBuffer to) throws IOException {
        var channel = file(handle).channel;
        int all = 0;
        while (to.hasRemaining()) {
            int n = channel.read(to, offset + all);
            if (n < 0) {
                return all == 0 ? -1 : all;
            }
            all += n;
        }
        return all;
    }

    void write(String handle, long offset, ByteBuffer from) throws IOException {
        var file = file(handle);
        long at = file.append ? file.channel.size() : offset;
        while (from.hasRemaining()) {
            at += file.channel.write(from, at);
        }
    }

    void sync(String handle) throws IOException {
        file(handle).channel.force(true);
    }

    Map<String, Object> attributes(String name, boolean follow) throws IOException {
        return Attributes.of(Path.of(name), follow);
    }

    Map<String, Object> attributesOf(String handle) throws IOException {
        return Attributes.of(file(handle).path, true);
    }

    void set(String name, Attributes attributes) throws IOException {
        attributes.apply(Path.of(name));
    }

    void setOf(String handle, Attributes attributes) throws IOException {
        attributes.apply(file(handle).path);
    }

    /// Writes the next names of a folder; false where there are none left.
    boolean list(String handle, Answer out) throws IOException {
        var folder = folders.get(handle);
        if (folder == null) {
            throw new IOException("no such handle");
        }
        int place = out.length();
        out.u32(0);
        int count = 0;
        while (count < NAMES_AT_ONCE && folder.names.hasNext()) {
            var path = folder.names.next();
            var name = path.getFileName().toString();
            Map<String, Object> attributes;
            try {
                attributes = Attributes.of(path, false);
            } catch (IOException e) {
                // Removed since, or of a file system that says nothing: the name is still there.
                attributes = Map.of();
            }
            out.text(name).text(Attributes.line(attributes, name));
            Attributes.write(attributes, out);
            count++;
        }
        out.setU32(place, count);
        return count > 0;
    }

    void remove(String name) throws IOException {
        var path = Path.of(name);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is a folder");
        }
        Files.delete(path);
    }

    void removeFolder(String name) throws IOException {
        var path = Path.of(name);
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is not a folder");
        }
        Files.delete(path);
    }

    void makeFolder(String name, Attributes attributes) throws IOException {
        Files.createDirectory(Path.of(name), permissions(attributes.modeOr(USUAL_FOLDER)));
    }

    /// @param replace as rename(2) does; else a target that exists is an error
    void rename(String from, String to, boolean replace) throws IOException {
        var target = Path.of(to);
        if (!replace && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(to);
        }
        Files.move(Path.of(from), target, StandardCopyOption.ATOMIC_MOVE);
    }

    String readLink(String name) throws IOException {
        return Files.readSymbolicLink(Path.of(name)).toString();
    }

    void link(String target, String name, boolean symbolic) throws IOException {
        if (symbolic) {
            Files.createSymbolicLink(Path.of(name), Path.of(target));
        } else {
            Files.createLink(Path.of(name), Path.of(target));
        }
    }

    /// The absolute name without links; its last part need not exist.
    String real(String name) throws IOException {
        var path = Path.of(name).toAbsolutePath();
        try {
            return path.toRealPath().toString();
        } catch (NoSuchFileException e) {
            var parent = path.normalize().getParent();
            var last = path.normalize().getFileName();
            return parent == null || last == null
                    ? path.normalize().toString()
                    : parent.toRealPath().resolve(last).toString();
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(int mode) {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        var all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((mode >> (all.length - 1 - i) & 1) != 0) {
                permissions.add(all[i]);
            }
        }
        return PosixFilePermissions.asFileAttribute(permissions);
    }

    /// The sentence for an error.
    static String explain(IOException e) {
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
