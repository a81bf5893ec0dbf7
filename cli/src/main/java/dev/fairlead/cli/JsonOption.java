package dev.fairlead.cli;

import picocli.CommandLine.Option;

/// `--json`, which every command that shows something has.
final class JsonOption {

    @Option(names = "--json", description = "The API's own JSON, for programs.")
    boolean json;
}
