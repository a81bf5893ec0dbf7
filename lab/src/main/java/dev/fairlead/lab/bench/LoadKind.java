package dev.fairlead.lab.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The kinds of load of a round, in their order.
enum LoadKind {
    DOWN,
    UP,
    DOWN_64,
    UP_64,
    ECHO,
    BESIDE,
    OPENS;

    private static final int MANY = 64;

    /// As [Load] reads it.
    String command(Ports ports, long millis) {
        return switch (this) {
            case DOWN -> "down " + ports.source() + " 1 " + millis;
            case UP -> "up " + ports.sink() + " 1 " + millis;
            case DOWN_64 -> "down " + ports.source() + " " + MANY + " " + millis;
            case UP_64 -> "up " + ports.sink() + " " + MANY + " " + millis;
            case ECHO -> "echo " + ports.echo() + " " + millis;
            case BESIDE -> "echo-beside " + ports.echo() + " " + ports.source() + " " + millis;
            case OPENS -> "opens " + ports.echo() + " " + MANY + " " + millis;
        };
    }

    /// As people write it: `up-64`.
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Those that are named, in their order.
    static List<LoadKind> of(List<String> words) {
        return Arrays.stream(values()).filter(kind -> words.contains(kind.word())).toList();
    }

    static String words() {
        return Arrays.stream(values()).map(LoadKind::word).collect(Collectors.joining(", "));
    }
}
