package dev.fairlead.cli.trust;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.profile.Folder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Puts a hub's local CA into the browsers' databases and takes it out again. Each act is told,
/// with the database that it changed.
///
/// @param home of the user whose browsers they are
public record BrowserTrust(Path home) {

    private static final String PREFIX = "Fairlead CA of ";

    /// The name under which the CA of a hub is kept.
    ///
    /// @param authority host and port of the hub
    public static String nickname(String authority) {
        // For NSS, what stands in front of a colon is the name of a token.
        return PREFIX + authority.replace(":", " port ");
    }

    /// @param pem the CA
    /// @return what was done, a sentence each
    public List<String> install(String authority, Path pem) {
        var did = new ArrayList<String>();
        var databases = new ArrayList<>(find());
        var shared = NssDatabases.shared(home);
        if (!databases.contains(shared)) {
            Folder.makeFolder(shared);
            new Certutil(shared).create();
            databases.add(shared);
            did.add("Made " + shared + ", which Chromium and its kin use.");
        }
        for (var database : databases) {
            var tool = new Certutil(database);
            // A hub that was made anew has another CA under the same name.
            removeFrom(tool, nickname(authority));
            tool.add(nickname(authority), pem);
            did.add("Added \"" + nickname(authority) + "\" to " + database + ".");
        }
        return did;
    }

    /// @return what was done; empty where the CA was nowhere
    public List<String> remove(String authority) {
        return removeWhere(nickname(authority)::equals);
    }

    /// Removes the CAs of all hubs.
    public List<String> removeAll() {
        return removeWhere(name -> name.startsWith(PREFIX));
    }

    private List<String> removeWhere(Predicate<String> wanted) {
        var did = new ArrayList<String>();
        for (var database : find()) {
            var tool = new Certutil(database);
            for (String name : tool.nicknames()) {
                if (wanted.test(name) && removeFrom(tool, name)) {
                    did.add("Removed \"" + name + "\" from " + database + ".");
                }
            }
        }
        return did;
    }

    private static boolean removeFrom(Certutil tool, String nickname) {
        boolean there = false;
        // Two CAs of one name are two entries.
        while (tool.nicknames().contains(nickname)) {
            tool.delete(nickname);
            there = true;
        }
        return there;
    }

    private List<Path> find() {
        try {
            return NssDatabases.find(home);
        } catch (IOException e) {
            throw new CliException(
                    Exit.FAILED, "The browsers' folders cannot be read: " + e.getMessage() + ".");
        }
    }
}
