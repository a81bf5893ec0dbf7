package dev.fairlead.hub;

import static dev.fairlead.lab.fuzz.Input.require;

import dev.fairlead.lab.fuzz.Input;
import java.nio.file.Path;

/// `hub.yaml`: it can be used, or the start stops with a sentence.
public final class HubConfigFuzz {

    private HubConfigFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            ReadConfig.parse(new Input(input).restAsText(), "hub.yaml").from(Path.of("/"));
        } catch (ConfigException e) {
            String said = String.valueOf(e.getMessage());
            require(!said.isBlank() && said.lines().count() <= 3, "a sentence, not " + said);
        }
    }
}
