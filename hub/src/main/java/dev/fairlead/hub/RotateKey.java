package dev.fairlead.hub;

import dev.fairlead.hub.tunnel.HubKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `fairlead hub rotate-key`
@Command(
        name = "rotate-key",
        description = {
            "Gives the hub a new key, signed into the deployment's next key bundle.",
            "Agents and people follow by themselves: what they trust is the root key, and they learn"
                    + " the bundle through the link. Once they have, they refuse the old key. Restart"
                    + " the hub afterwards; it uses the old key until then."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RotateKey implements Callable<Integer> {

    @ArgGroup(multiplicity = "1")
    private HubPlace where = new HubPlace();

    @Option(
            names = "--root-key",
            paramLabel = "FILE",
            description = "The deployment's root key, where it is not kept in the data folder.")
    private @Nullable Path rootKey;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var keys = where.config().data().resolve("keys");
        long number;
        try {
            number = HubKeys.rotate(keys, rootKey, new SecureRandom());
        } catch (IOException e) {
            throw new ConfigException("The key was not changed: " + e.getMessage());
        }
        if (spec != null) {
            var out = spec.commandLine().getOut();
            out.println(
                    "The hub has a new key, in key bundle "
                            + number
                            + ". Restart the hub: it uses the old key until then.");
            out.flush();
        }
        return 0;
    }
}
