package dev.fairlead.hub.settings;

import dev.fairlead.hub.HubConfig;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One limit that is in force: the schema `Limit`. All keys of `limits` and `resume` that
/// `hub.yaml` may have, so that none is forgotten.
///
/// @param key as in `hub.yaml`
/// @param value of a time, in seconds
/// @param standard what it is where `hub.yaml` says nothing
record Limit(String key, long value, long standard) {

    static List<Limit> all(HubConfig config) {
        var all = new ArrayList<Limit>();
        add(all, "limits", config.limits(), dev.fairlead.hub.HubLimits.DEFAULT);
        add(all, "resume", config.resume(), HubConfig.Resume.DEFAULT);
        return List.copyOf(all);
    }

    private static void add(List<Limit> all, String prefix, Record now, Record standard) {
        for (var component : now.getClass().getRecordComponents()) {
            String key = prefix + "." + hyphened(component.getName());
            var value = read(component, now);
            var usual = read(component, standard);
            if (value instanceof Record group && usual instanceof Record usualGroup) {
                add(all, key, group, usualGroup);
            } else {
                all.add(new Limit(key, number(value), number(usual)));
            }
        }
    }

    private static String hyphened(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static long number(@Nullable Object value) {
        return switch (value) {
            case Number number -> number.longValue();
            case Duration time -> time.toSeconds();
            case null, default -> throw new IllegalStateException("a limit that is no number");
        };
    }

    private static @Nullable Object read(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
