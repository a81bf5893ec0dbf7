package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// Reads the JSON of an agent's calls: hostile input. Fields that this hub does not know are
/// ignored, for the agent may be newer; anything else that breaks a rule refuses the whole call.
final class ReadCall {

    /// The longest call, in bytes.
    static final int MAX_BYTES = 256 * 1024;

    private static final long MAX_NUMBER = 1L << 53;

    /// A link whose answer takes longer is dead.
    private static final long MAX_RTT = 600_000_000;

    private static final int MAX_DISKS = 64;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(8)
                                                    .maxNumberLength(40)
                                                    .maxStringLength(4_096)
                                                    .maxNameLength(256)
                                                    .build())
                                    .build())
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .build();

    private ReadCall() {}

    private record Said(
            @Nullable Double cpu,
            @Nullable Integer cores,
            @Nullable List<@Nullable Double> load,
            @Nullable Long memoryTotal,
            @Nullable Long memoryUsed,
            @Nullable Long networkIn,
            @Nullable Long networkOut,
            @Nullable Long uptime,
            @Nullable Long rttMicros,
            @Nullable List<@Nullable SaidDisk> disks) {}

    private record SaidDisk(@Nullable String mount, @Nullable Long total, @Nullable Long used) {}

    /// @param at the hub's clock: that of the node may be off by hours
    /// @throws Rejected as `invalid-request`
    static Statistics statistics(byte[] json, Instant at) {
        Said said = read("heartbeat", json, Said.class);
        return new Statistics(
                at,
                said.cpu == null ? null : within("cpu", said.cpu, 1),
                said.cores == null ? null : (int) within("cores", said.cores.longValue(), 100_000),
                load(said.load),
                number("memoryTotal", said.memoryTotal),
                number("memoryUsed", said.memoryUsed),
                number("networkIn", said.networkIn),
                number("networkOut", said.networkOut),
                number("uptime", said.uptime),
                said.rttMicros == null
                        ? null
                        : (int) within("rttMicros", said.rttMicros.longValue(), MAX_RTT),
                disks(said.disks));
    }

    /// @throws Rejected as `invalid-request`
    static NodePolicy policy(byte[] json) {
        return read("policy", json, NodePolicy.class);
    }

    private static <T> T read(String what, byte[] json, Class<T> type) {
        if (json.length > MAX_BYTES) {
            throw Rejected.invalid("The " + what + " has more than " + MAX_BYTES / 1024 + " KiB.");
        }
        T value;
        try {
            value = MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            if (e.getCause() instanceof Rejected rejected) {
                throw rejected;
            }
            throw Rejected.because(
                    e,
                    Rejected.Code.INVALID_REQUEST,
                    "The " + what + " is not the JSON that this hub reads.",
                    null);
        }
        if (value == null) {
            throw Rejected.invalid("The " + what + " is null.");
        }
        return value;
    }

    /// A text as it is shown; one that is missing, empty or too long is refused.
    static String text(String what, @Nullable String text, int max) {
        String clean = text == null || text.length() > max ? null : Printable.of(text, max);
        if (clean == null) {
            throw Rejected.invalid(what + " is a text of 1 to " + max + " characters.");
        }
        return clean;
    }

    private static @Nullable List<Double> load(@Nullable List<@Nullable Double> load) {
        if (load == null) {
            return null;
        }
        List<Double> three = new ArrayList<>();
        for (Double average : load) {
            if (average == null || three.size() == 3) {
                throw Rejected.invalid("load is three numbers.");
            }
            three.add(within("load", average, 1_000_000));
        }
        if (three.size() != 3) {
            throw Rejected.invalid("load is three numbers.");
        }
        return List.copyOf(three);
    }

    private static List<Statistics.Disk> disks(@Nullable List<@Nullable SaidDisk> disks) {
        if (disks == null) {
            return List.of();
        }
        if (disks.size() > MAX_DISKS) {
            throw Rejected.invalid("There are more than " + MAX_DISKS + " disks.");
        }
        List<Statistics.Disk> read = new ArrayList<>();
        for (SaidDisk disk : disks) {
            if (disk == null || disk.total == null || disk.used == null) {
                throw Rejected.invalid("A disk has mount, total and used.");
            }
            read.add(
                    new Statistics.Disk(
                            text("mount", disk.mount, 256),
                            within("total", disk.total, MAX_NUMBER),
                            within("used", disk.used, MAX_NUMBER)));
        }
        return List.copyOf(read);
    }

    private static @Nullable Long number(String what, @Nullable Long number) {
        return number == null ? null : within(what, number.longValue(), MAX_NUMBER);
    }

    private static long within(String what, long number, long max) {
        if (number < 0 || number > max) {
            throw Rejected.invalid(what + " is a number from 0 to " + max + ".");
        }
        return number;
    }

    private static double within(String what, double number, double max) {
        // Written so that it also refuses what is no number.
        if (!(number >= 0 && number <= max)) {
            throw Rejected.invalid(what + " is a number from 0 to " + (long) max + ".");
        }
        return number;
    }
}
