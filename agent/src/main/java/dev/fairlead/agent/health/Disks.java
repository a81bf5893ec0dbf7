package dev.fairlead.agent.health;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The local file systems of this machine. Those of the network are left out: asking a server that
/// is gone can block for ever.
final class Disks {

    private static final int MAX = 64;
    private static final int MAX_MOUNT = 256;
    private static final Set<String> TYPES =
            Set.of(
                    "ext2",
                    "ext3",
                    "ext4",
                    "xfs",
                    "btrfs",
                    "zfs",
                    "f2fs",
                    "jfs",
                    "reiserfs",
                    "bcachefs",
                    "vfat",
                    "exfat",
                    "ntfs3");

    private final Path proc;

    Disks(Path proc) {
        this.proc = proc;
    }

    List<Statistics.Disk> read() throws IOException {
        var disks = new ArrayList<Statistics.Disk>();
        var devices = new HashSet<String>();
        for (String line : Files.readAllLines(proc.resolve("self/mounts"))) {
            // device mount type options 0 0, with blanks as \040
            String[] field = line.split(" ");
            String mount = field[1].replace("\\040", " ");
            boolean local =
                    TYPES.contains(field[2]) || (field[2].equals("overlay") && mount.equals("/"));
            // A device may be mounted many times (bind mounts of containers): its first place
            // counts.
            if (local
                    && mount.length() <= MAX_MOUNT
                    && disks.size() < MAX
                    && devices.add(field[0])) {
                var file = new File(mount);
                long total = file.getTotalSpace();
                if (total > 0) {
                    disks.add(new Statistics.Disk(mount, total, total - file.getFreeSpace()));
                }
            }
        }
        return disks;
    }
}
