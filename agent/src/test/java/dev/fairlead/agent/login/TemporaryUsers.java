package dev.fairlead.agent.login;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Users of this machine that live as long as a test; only root can make them.
public final class TemporaryUsers implements AutoCloseable {

    private final List<String> names = new ArrayList<>();

    /// Skips the test, with the reason, where this process is not root.
    public TemporaryUsers() throws IOException {
        assumeTrue(Login.agentUid() == 0, "needs root: it acts as other users of the machine");
    }

    public Login add() throws Exception {
        String name = "fl" + UUID.randomUUID().toString().substring(0, 8);
        var answer =
                Tools.run(
                        List.of(
                                Tools.path("useradd"),
                                "--create-home",
                                "--shell",
                                "/bin/bash",
                                name));
        if (answer.code() != 0) {
            throw new IOException("useradd: " + answer.error());
        }
        names.add(name);
        return Login.lookUp(name);
    }

    @Override
    public void close() throws IOException {
        for (String name : names) {
            Tools.run(List.of(Tools.path("userdel"), "--force", "--remove", name));
        }
    }
}
