package dev.fairlead.cli.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where this user's browsers keep the CAs that they trust: Chromium and its kin share one
/// database, each profile of Firefox has its own.
final class NssDatabases {

    private static final String SHARED = ".pki/nssdb";
    private static final List<String> CHROMIUM =
            List.of(SHARED, "snap/chromium/current/.pki/nssdb");
    private static final List<String> FIREFOX =
            List.of(
                    ".mozilla/firefox",
                    ".config/mozilla/firefox",
                    "snap/firefox/common/.mozilla/firefox",
                    ".var/app/org.mozilla.firefox/.mozilla/firefox");

    private NssDatabases() {}

    /// The databases that are there.
    static List<Path> find(Path home) throws IOException {
        var found = new ArrayList<Path>();
        for (String folder : CHROMIUM) {
            addDatabase(found, home.resolve(folder));
        }
        for (String folder : FIREFOX) {
            if (Files.isDirectory(home.resolve(folder))) {
                try (var profiles = Files.newDirectoryStream(home.resolve(folder))) {
                    for (var profile : profiles) {
                        addDatabase(found, profile);
                    }
                }
            }
        }
        return found;
    }

    /// The one that Chromium and its kin would make at their first start.
    static Path shared(Path home) {
        return home.resolve(SHARED);
    }

    private static void addDatabase(List<Path> found, Path folder) {
        if (Files.exists(folder.resolve("cert9.db"))) {
            found.add(folder);
        }
    }
}
