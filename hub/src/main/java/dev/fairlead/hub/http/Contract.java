package dev.fairlead.hub.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The OpenAPI file of this hub, as its server reads it: which operation a path and method mean,
/// what that operation takes, and what it needs.
public final class Contract {

    private static final String FILE = "/openapi/fairlead.yaml";

    private final JsonNode source;
    private final Map<String, Operation> operations;

    /// One method on one path.
    ///
    /// @param segments of the path; those in braces are parameters
    /// @param needs the `x-needs` of the contract
    /// @param body the schema of the request's body, if it has one
    record Operation(
            String id,
            String method,
            List<String> segments,
            String needs,
            Map<String, Parameter> parameters,
            @Nullable JsonNode body,
            boolean bodyRequired) {}

    /// @param in `path`, `query` or `header`
    record Parameter(String name, String in, boolean required, JsonNode schema) {}

    /// What a path means: an operation with the values of its path, or the methods that it has.
    sealed interface Found {
        record One(Operation operation, Map<String, String> path) implements Found {}

        record OtherMethods(List<String> allowed) implements Found {}

        record Nothing() implements Found {}
    }

    private Contract(JsonNode source) {
        this.source = source;
        var found = new LinkedHashMap<String, Operation>();
        source.path("paths")
                .forEachEntry((path, methods) ->
                        methods.forEachEntry((method, node) -> {
                            var operation = operation(path, method, node);
                            found.put(operation.id(), operation);
                        }));
        this.operations = Map.copyOf(found);
    }

    public static Contract load() {
        try (InputStream in = Contract.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the program");
            }
            return new Contract(YAMLMapper.shared().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The whole file.
    JsonNode source() {
        return source;
    }

    Map<String, Operation> operations() {
        return operations;
    }

    /// @param segments of the request's path, decoded
    Found find(String method, List<String> segments) {
        var allowed = new TreeSet<String>();
        Found.@Nullable One best = null;
        for (var operation : operations.values()) {
            var values = match(operation.segments(), segments);
            if (values == null) {
                continue;
            }
            // `/sign-ins/current` before `/sign-ins/{signIn}`.
            if (operation.method().equals(method)
                    && (best == null || values.size() < best.path().size())) {
                best = new Found.One(operation, values);
            }
            allowed.add(operation.method());
        }
        if (best != null) {
            return best;
        }
        return allowed.isEmpty()
                ? new Found.Nothing()
                : new Found.OtherMethods(List.copyOf(allowed));
    }

    /// Follows a `$ref`.
    JsonNode resolve(JsonNode node) {
        JsonNode ref = node.path("$ref");
        if (!ref.isString()) {
            return node;
        }
        JsonNode target = source.at(ref.asString().substring(1));
        if (target.isMissingNode()) {
            throw new IllegalStateException("the contract has no " + ref.asString());
        }
        return target;
    }

    private Operation operation(String path, String method, JsonNode node) {
        var parameters = new LinkedHashMap<String, Parameter>();
        for (JsonNode listed : node.path("parameters")) {
            JsonNode parameter = resolve(listed);
            String name = parameter.path("name").asString();
            parameters.put(
                    name,
                    new Parameter(
                            name,
                            parameter.path("in").asString(),
                            parameter.path("required").asBoolean(false),
                            parameter.path("schema")));
        }
        JsonNode body = node.at("/requestBody/content/application~1json/schema");
        return new Operation(
                node.path("operationId").asString(),
                method.toUpperCase(Locale.ROOT),
                List.of(path.substring(1).split("/")),
                node.path("x-needs").asString(),
                parameters,
                body.isMissingNode() ? null : body,
                node.at("/requestBody/required").asBoolean(false));
    }

    private static @Nullable Map<String, String> match(List<String> template, List<String> path) {
        if (template.size() != path.size()) {
            return null;
        }
        var values = new LinkedHashMap<String, String>();
        for (int i = 0; i < path.size(); i++) {
            String expected = template.get(i);
            if (expected.startsWith("{")) {
                values.put(expected.substring(1, expected.length() - 1), path.get(i));
            } else if (!expected.equals(path.get(i))) {
                return null;
            }
        }
        return values;
    }
}
