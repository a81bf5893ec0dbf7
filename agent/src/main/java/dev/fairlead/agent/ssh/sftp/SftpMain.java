package dev.fairlead.agent.ssh.sftp;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Serves SFTP version 3 (draft-ietf-secsh-filexfer-02 with OpenSSH's extensions) on standard input
/// and output, until the input ends.
public final class SftpMain {

    private static final int VERSION = 3;
    private static final int MAX_REQUEST = SftpFiles.MAX_DATA + 8 * 1024;
    private static final int BUFFER = 64 * 1024;

    /// EPERM, for which the JDK has no exception of its own.
    private static final String FORBIDDEN = "Operation not permitted";

    private static final int OK = 0;
    private static final int EOF = 1;
    private static final int NO_SUCH_FILE = 2;
    private static final int PERMISSION_DENIED = 3;
    private static final int FAILURE = 4;
    private static final int BAD_MESSAGE = 5;
    private static final int UNSUPPORTED = 8;

    private static final int STATUS = 101;
    private static final int HANDLE = 102;
    private static final int DATA = 103;
    private static final int NAME = 104;
    private static final int ATTRS = 105;
    private static final int EXTENDED_REPLY = 201;

    private final DataInputStream in;
    private final OutputStream out;
    private final SftpFiles files = new SftpFiles();
    private final Answer answer = new Answer();
    private byte[] request = new byte[4096];

    SftpMain(InputStream in, OutputStream out) {
        this.in = new DataInputStream(new BufferedInputStream(in, BUFFER));
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        new SftpMain(
                        new FileInputStream(FileDescriptor.in),
                        new FileOutputStream(FileDescriptor.out))
                .serve();
    }

    void serve() throws IOException {
        while (true) {
            int length;
            try {
                length = in.readInt();
            } catch (EOFException e) {
                return;
            }
            if (length < 5 || length > MAX_REQUEST) {
                throw new IOException("a request has an impossible length");
            }
            if (request.length < length) {
                request = new byte[length];
            }
            in.readFully(request, 0, length);
            handle(new Request(ByteBuffer.wrap(request, 0, length)));
            var whole = answer.finish();
            out.write(whole.array(), 0, whole.limit());
        }
    }

    private void handle(Request in) throws IOException {
        int type = in.u8();
        int id = in.u32();
        if (type == 1) {
            hello();
            return;
        }
        try {
            serve(type, id, in);
        } catch (NoSuchFileException e) {
            status(id, NO_SUCH_FILE, "No such file");
        } catch (AccessDeniedException e) {
            status(id, PERMISSION_DENIED, "Permission denied");
        } catch (EOFException e) {
            status(id, EOF, "End of file");
        } catch (FileSystemException e) {
            boolean forbidden = FORBIDDEN.equals(e.getReason());
            status(id, forbidden ? PERMISSION_DENIED : FAILURE, SftpFiles.explain(e));
        } catch (IOException e) {
            status(id, FAILURE, SftpFiles.explain(e));
        } catch (UnsupportedOperationException e) {
            status(id, UNSUPPORTED, "This machine cannot do that");
        } catch (RuntimeException e) {
            status(id, BAD_MESSAGE, "The request makes no sense");
        }
    }

    private void serve(int type, int id, Request in) throws IOException {
        switch (type) {
            case 3 -> handle(id, files.open(in.text(), in.u32(), Attributes.read(in)));
            case 4 -> {
                files.close(in.text());
                ok(id);
            }
            case 5 -> read(id, in.text(), in.u64(), in.u32());
            case 6 -> {
                files.write(in.text(), in.u64(), in.data());
                ok(id);
            }
            case 7 -> Attributes.write(files.attributes(in.text(), false), answer.start(ATTRS, id));
            case 8 -> Attributes.write(files.attributesOf(in.text()), answer.start(ATTRS, id));
            case 9 -> {
                files.set(in.text(), Attributes.read(in));
                ok(id);
            }
            case 10 -> {
                files.setOf(in.text(), Attributes.read(in));
                ok(id);
            }
            case 11 -> handle(id, files.openFolder(in.text()));
            case 12 -> {
                if (!files.list(in.text(), answer.start(NAME, id))) {
                    status(id, EOF, "End of folder");
                }
            }
            case 13 -> {
                files.remove(in.text());
                ok(id);
            }
            case 14 -> {
                files.makeFolder(in.text(), Attributes.read(in));
                ok(id);
            }
            case 15 -> {
                files.removeFolder(in.text());
                ok(id);
            }
            case 16 -> name(id, files.real(in.text()));
            case 17 -> Attributes.write(files.attributes(in.text(), true), answer.start(ATTRS, id));
            case 18 -> {
                files.rename(in.text(), in.text(), false);
                ok(id);
            }
            case 19 -> name(id, files.readLink(in.text()));
            // OpenSSH, which everybody follows, has the target first, unlike the draft.
            case 20 -> {
                files.link(in.text(), in.text(), true);
                ok(id);
            }
            case 200 -> extended(id, in.text(), in);
            default -> status(id, UNSUPPORTED, "Unknown request");
        }
    }

    private void hello() {
        answer.start(2, VERSION);
        answer.text("posix-rename@openssh.com").text("1");
        answer.text("hardlink@openssh.com").text("1");
        answer.text("fsync@openssh.com").text("1");
        answer.text("limits@openssh.com").text("1");
        answer.text("expand-path@openssh.com").text("1");
    }

    private void extended(int id, String what, Request in) throws IOException {
        switch (what) {
            case "posix-rename@openssh.com" -> {
                files.rename(in.text(), in.text(), true);
                ok(id);
            }
            case "hardlink@openssh.com" -> {
                files.link(in.text(), in.text(), false);
                ok(id);
            }
            case "fsync@openssh.com" -> {
                files.sync(in.text());
                ok(id);
            }
            case "limits@openssh.com" ->
                    answer.start(EXTENDED_REPLY, id)
                            .u64(MAX_REQUEST)
                            .u64(SftpFiles.MAX_DATA)
                            .u64(SftpFiles.MAX_DATA)
                            .u64(SftpFiles.MAX_HANDLES);
            case "expand-path@openssh.com" -> name(id, files.real(expand(in.text())));
            default -> status(id, UNSUPPORTED, "Unknown extension");
        }
    }

    /// `~` is the home; other people's homes are not looked up.
    private static String expand(String name) {
        if (name.equals("~") || name.startsWith("~/")) {
            return System.getenv("HOME").concat(name.substring(1));
        }
        return name;
    }

    private void read(int id, String handle, long offset, int length) throws IOException {
        var data = answer.start(DATA, id).data(Math.clamp(length, 0, SftpFiles.MAX_DATA));
        int n = files.read(handle, offset, data);
        if (n < 0) {
            status(id, EOF, "End of file");
        } else {
            answer.dataWas(n);
        }
    }

    private void name(int id, String name) {
        answer.start(NAME, id).u32(1).text(name).text(name).u32(0);
    }

    private void handle(int id, String handle) {
        answer.start(HANDLE, id).text(handle);
    }

    private void ok(int id) {
        status(id, OK, "Success");
    }

    private void status(int id, int code, String message) {
        answer.start(STATUS, id).u32(code).text(message).text("en");
    }
}
