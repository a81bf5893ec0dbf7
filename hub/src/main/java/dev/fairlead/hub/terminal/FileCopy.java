package dev.fairlead.hub.terminal;

import dev.fairlead.hub.http.Json;
import java.util.List;

/// A file between a page and a node, as a program that runs there as the person's login: what the
/// login may read and write is the node's to say, and the session's record names the path.
///
/// @param path of the node; a relative one begins at the login's home
record FileCopy(Direction direction, String path, boolean replace) {

    enum Direction {
        UPLOAD,
        DOWNLOAD
    }

    /// Takes its input to a file, which has its name only when it is whole. Nothing of the path is
    /// script: it is an argument.
    private static final String UPLOAD =
            """
            if [ -d "$1" ]; then echo "$1 is a folder" >&2; exit 21; fi
            if [ -e "$1" ] && [ "$2" != replace ]; then echo "$1 is there already" >&2; exit 17; fi
            part="$1.part-$$"
            trap 'rm -f -- "$part"' EXIT
            trap 'exit 129' HUP INT TERM
            cat > "$part" && mv -f -- "$part" "$1"
            """;

    /// Says how long the file is among the errors, and then gives it.
    private static final String DOWNLOAD =
            """
            if [ -d "$1" ]; then echo "$1 is a folder" >&2; exit 21; fi
            stat -L -c %s -- "$1" >&2 && exec cat -- "$1"
            """;

    /// A JSON array.
    String argv() {
        return Json.text(
                switch (direction) {
                    case UPLOAD ->
                            List.of(
                                    "sh",
                                    "-c",
                                    UPLOAD,
                                    "upload",
                                    safe(),
                                    replace ? "replace" : "keep");
                    case DOWNLOAD -> List.of("sh", "-c", DOWNLOAD, "download", safe());
                });
    }

    /// No option of a program begins so.
    private String safe() {
        String path = path();
        if (path.startsWith("~/")) {
            path = path.substring(2);
        }
        return path.startsWith("/") ? path : "./" + path;
    }
}
