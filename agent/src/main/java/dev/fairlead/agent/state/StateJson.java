package dev.fairlead.agent.state;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// What an agent reads and writes before its first dial, token by token: Jackson's data binding
/// would take a third of that time.
final class StateJson {

    private static final JsonFactory JSON = new JsonFactory();

    private StateJson() {}

    /// @throws tools.jackson.core.JacksonException where it is no JSON
    /// @throws IllegalArgumentException where something is missing, or no address
    /// @throws java.time.DateTimeException where the time is none
    static AgentState state(String text) {
        var values = new HashMap<String, String>();
        var hubs = new ArrayList<URI>();
        try (var in = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is no object");
            }
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                var token = in.nextToken();
                if (token == JsonToken.START_ARRAY && name.equals("hubs")) {
                    while (in.nextToken() == JsonToken.VALUE_STRING) {
                        hubs.add(URI.create(in.getString()));
                    }
                } else if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
                    values.put(name, in.getString());
                } else {
                    in.skipChildren();
                }
            }
        }
        return new AgentState(
                need(values, "node"),
                need(values, "name"),
                need(values, "tenant"),
                need(values, "tenantName"),
                need(values, "root"),
                Long.parseLong(need(values, "bundle")),
                hubs,
                Instant.parse(need(values, "joined")));
    }

    private static String need(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return value;
    }

    static byte[] status(AgentStatus status) {
        var text = new ByteArrayOutputStream();
        try (var out = JSON.createGenerator(new Indented(), text)) {
            out.writeStartObject();
            put(out, "state", status.state().name());
            put(out, "since", status.since().toString());
            put(out, "version", status.version());
            out.writeNumberProperty("pid", status.pid());
            put(out, "node", status.node());
            put(out, "name", status.name());
            put(out, "tenant", status.tenant());
            put(out, "hub", status.hub());
            if (status.innerTls() == null) {
                out.writeNullProperty("innerTls");
            } else {
                out.writeBooleanProperty("innerTls", status.innerTls());
            }
            put(out, "between", status.between());
            put(out, "error", status.error());
            out.writeEndObject();
        }
        return text.toByteArray();
    }

    private static void put(JsonGenerator out, String name, @Nullable String value) {
        if (value == null) {
            out.writeNullProperty(name);
        } else {
            out.writeStringProperty(name, value);
        }
    }

    /// For people who look at the file.
    private static final class Indented extends ObjectWriteContext.Base {

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }

        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }
    }
}
