package dev.fairlead.agent.ssh.sftp;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.security.Principal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Attributes of files as SFTP version 3 writes them: flags, then what the flags say.
final class Attributes {

    private static final int SIZE = 1;
    private static final int OWNER = 2;
    private static final int MODE = 4;
    private static final int TIMES = 8;
    private static final int EXTENDED = 0x80000000;

    private static final int PERMISSIONS = 07777;
    private static final long RECENT_S = 182L * 24 * 3600;

    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private final int flags;
    private final long size;
    private final int uid;
    private final int gid;
    private final int mode;
    private final long accessed;
    private final long modified;

    private Attributes(Request in) throws IOException {
        flags = in.u32();
        size = (flags & SIZE) != 0 ? in.u64() : 0;
        uid = (flags & OWNER) != 0 ? in.u32() : 0;
        gid = (flags & OWNER) != 0 ? in.u32() : 0;
        mode = (flags & MODE) != 0 ? in.u32() & PERMISSIONS : 0;
        accessed = (flags & TIMES) != 0 ? in.u32() & 0xffffffffL : 0;
        modified = (flags & TIMES) != 0 ? in.u32() & 0xffffffffL : 0;
        if ((flags & EXTENDED) != 0) {
            for (int i = in.u32(); i > 0; i--) {
                in.text();
                in.text();
            }
        }
    }

    static Attributes read(Request in) throws IOException {
        return new Attributes(in);
    }

    /// The permissions for a new file, or what is usual.
    int modeOr(int usual) {
        return (flags & MODE) != 0 ? mode : usual;
    }

    /// Sets on a file what was given.
    void apply(Path path) throws IOException {
        if ((flags & SIZE) != 0) {
            try (var file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength(size);
            }
        }
        if ((flags & OWNER) != 0) {
            Files.setAttribute(path, "unix:uid", uid);
            Files.setAttribute(path, "unix:gid", gid);
        }
        if ((flags & MODE) != 0) {
            Files.setAttribute(path, "unix:mode", mode);
        }
        if ((flags & TIMES) != 0) {
            Files.getFileAttributeView(path, BasicFileAttributeView.class)
                    .setTimes(
                            FileTime.from(modified, TimeUnit.SECONDS),
                            FileTime.from(accessed, TimeUnit.SECONDS),
                            null);
        }
    }

    /// What the machine says about a file.
    static Map<String, Object> of(Path path, boolean follow) throws IOException {
        return follow
                ? Files.readAttributes(path, "unix:*")
                : Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
    }

    static void write(Map<String, Object> file, Answer out) {
        out.u32(SIZE | OWNER | MODE | TIMES);
        out.u64(number(file, "size"));
        out.u32((int) number(file, "uid"));
        out.u32((int) number(file, "gid"));
        out.u32((int) number(file, "mode"));
        out.u32((int) seconds(file, "lastAccessTime"));
        out.u32((int) seconds(file, "lastModifiedTime"));
    }

    /// The line that `ls -l` of an sftp client shows.
    static String line(Map<String, Object> file, String name) {
        int mode = (int) number(file, "mode");
        var line = new StringBuilder(80);
        line.append(kind(mode));
        for (int shift = 6; shift >= 0; shift -= 3) {
            int three = mode >> shift;
            boolean special = (mode >> (9 + shift / 3) & 1) != 0;
            char with = shift == 0 ? 't' : 's';
            line.append((three & 4) != 0 ? 'r' : '-').append((three & 2) != 0 ? 'w' : '-');
            if (special) {
                line.append((three & 1) != 0 ? with : Character.toUpperCase(with));
            } else {
                line.append((three & 1) != 0 ? 'x' : '-');
            }
        }
        pad(line, String.valueOf(number(file, "nlink")), 5, true);
        line.append(' ');
        pad(line, principal(file, "owner"), 8, false);
        line.append(' ');
        pad(line, principal(file, "group"), 8, false);
        pad(line, String.valueOf(number(file, "size")), 9, true);
        line.append(' ');
        when(line, seconds(file, "lastModifiedTime"));
        return line.append(' ').append(name).toString();
    }

    private static char kind(int mode) {
        return switch (mode & 0170000) {
            case 0040000 -> 'd';
            case 0120000 -> 'l';
            case 0020000 -> 'c';
            case 0060000 -> 'b';
            case 0010000 -> 'p';
            case 0140000 -> 's';
            default -> '-';
        };
    }

    private static void when(StringBuilder line, long seconds) {
        var time = ZonedDateTime.ofInstant(Instant.ofEpochSecond(seconds), ZoneId.systemDefault());
        line.append(MONTHS[time.getMonthValue() - 1]);
        pad(line, String.valueOf(time.getDayOfMonth()), 3, true);
        long age = System.currentTimeMillis() / 1000 - seconds;
        if (age > RECENT_S || age < -RECENT_S) {
            pad(line, String.valueOf(time.getYear()), 6, true);
        } else {
            line.append(' ').append(time.getHour() < 10 ? "0" : "").append(time.getHour());
            line.append(':').append(time.getMinute() < 10 ? "0" : "").append(time.getMinute());
        }
    }

    private static void pad(StringBuilder line, String text, int width, boolean right) {
        int missing = Math.max(0, width - text.length());
        if (right) {
            line.repeat(' ', missing).append(text);
        } else {
            line.append(text).repeat(' ', missing);
        }
    }

    private static String principal(Map<String, Object> file, String name) {
        var principal = (Principal) file.get(name);
        return principal == null ? "?" : principal.getName();
    }

    private static long number(Map<String, Object> file, String name) {
        return file.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static long seconds(Map<String, Object> file, String name) {
        return file.get(name) instanceof FileTime time ? time.to(TimeUnit.SECONDS) : 0;
    }
}
