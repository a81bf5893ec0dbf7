package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.http.Contract.Operation;
import dev.fairlead.hub.http.Contract.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Holds a request to the contract before anything is done with it.
final class CheckRequest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final SchemaCheck schemas;
    private final Contract contract;

    /// @param given path, query and header values by name; none of them twice
    record Checked(Map<String, String> given, @Nullable JsonNode body) {}

    /// What does not fit; carries all of it to the answer.
    static final class Invalid extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient List<Problem.FieldError> errors;

        Invalid(List<Problem.FieldError> errors) {
            super(null, null, false, false);
            this.errors = List.copyOf(errors);
        }

        List<Problem.FieldError> errors() {
            return errors;
        }
    }

    CheckRequest(Contract contract) {
        this.contract = contract;
        this.schemas = new SchemaCheck(contract);
    }

    /// @throws Invalid with everything that is wrong
    /// @throws Rejected where the body is not JSON, or not meant to be there
    Checked check(Operation operation, Request request, Map<String, String> path) {
        var errors = new ArrayList<Problem.FieldError>();
        var given = new LinkedHashMap<String, String>();
        for (Parameter parameter : operation.parameters().values()) {
            String value =
                    switch (parameter.in()) {
                        case "path" -> path.get(parameter.name());
                        case "query" -> query(request, parameter.name(), errors);
                        default -> request.header(parameter.name());
                    };
            if (value != null) {
                String at = parameter.in() + "." + parameter.name();
                errors.addAll(schemas.check(parameter.schema(), typed(parameter, value), at));
                given.put(parameter.name(), value);
            }
        }
        for (String name : request.query().keySet()) {
            var known = operation.parameters().get(name);
            if (known == null || !known.in().equals("query")) {
                errors.add(
                        new Problem.FieldError(
                                "query." + SchemaCheck.shown(name),
                                "is not known" + knownQueries(operation)));
            }
        }
        JsonNode body = body(operation, request, errors);
        if (!errors.isEmpty()) {
            throw new Invalid(errors);
        }
        return new Checked(given, body);
    }

    private static @Nullable String query(
            Request request, String name, List<Problem.FieldError> errors) {
        var values = request.query().get(name);
        if (values == null) {
            return null;
        }
        if (values.size() > 1) {
            errors.add(new Problem.FieldError("query." + name, "is given more than once"));
        }
        return values.getFirst();
    }

    private @Nullable JsonNode body(
            Operation operation, Request request, List<Problem.FieldError> errors) {
        var schema = operation.body();
        if (schema == null) {
            if (request.body().length > 0) {
                throw Rejected.invalid("The request was not understood: it takes no body.");
            }
            return null;
        }
        if (request.body().length == 0 && !operation.bodyRequired()) {
            return null;
        }
        String type = request.header("content-type");
        if (request.header("content-encoding") != null
                || type == null
                || !isJson(type.toLowerCase(Locale.ROOT))) {
            throw Rejected.of(
                    Rejected.Code.UNSUPPORTED_MEDIA,
                    "The body must be plain JSON.",
                    "Send it with the header Content-Type: application/json");
        }
        var body = Json.parse(request.body());
        errors.addAll(schemas.check(schema, body, "body"));
        return body;
    }

    private static boolean isJson(String type) {
        return type.equals("application/json")
                || type.replace(" ", "").equals("application/json;charset=utf-8");
    }

    /// The value as its schema's type, where it has the form of one.
    private JsonNode typed(Parameter parameter, String value) {
        String type = contract.resolve(parameter.schema()).path("type").asString("string");
        if (type.equals("integer") && value.matches("-?[0-9]{1,18}")) {
            return NODES.numberNode(Long.parseLong(value));
        }
        return NODES.stringNode(value);
    }

    private static String knownQueries(Operation operation) {
        var known =
                operation.parameters().values().stream()
                        .filter(p -> p.in().equals("query"))
                        .map(Parameter::name)
                        .toList();
        return known.isEmpty() ? "; there are none here" : "; known: " + String.join(", ", known);
    }
}
