package dev.fairlead.hub.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Checks a value against a schema of the contract, and says in words what is wrong where.
///
/// It knows the part of JSON Schema that the contract uses ([#KNOWN]; a test holds the contract to
/// it), because a library's words ("does not match additional properties schema") help nobody.
/// Besides the schema it refuses, in every text of a request, control characters and unpaired
/// surrogates.
final class SchemaCheck {

    /// What stands in the contract's schemas.
    static final Set<String> KNOWN =
            Set.of(
                    "$ref",
                    "type",
                    "enum",
                    "minLength",
                    "maxLength",
                    "pattern",
                    "minimum",
                    "maximum",
                    "properties",
                    "required",
                    "additionalProperties",
                    "propertyNames",
                    "minProperties",
                    "maxProperties",
                    "items",
                    "maxItems",
                    "uniqueItems",
                    "anyOf",
                    "default",
                    "description");

    /// As many as one answer lists.
    private static final int MOST = 16;

    private static final int MAX_SHOWN = 60;

    private final Contract contract;
    private final boolean oneLine;
    private final Map<String, Pattern> patterns = new ConcurrentHashMap<>();

    /// For requests.
    SchemaCheck(Contract contract) {
        this(contract, true);
    }

    /// @param oneLine whether a text may have no control character
    SchemaCheck(Contract contract, boolean oneLine) {
        this.contract = contract;
        this.oneLine = oneLine;
    }

    /// @param at where the value stands, such as `body` or `query.limit`
    /// @return what is wrong; empty where nothing is
    List<Problem.FieldError> check(JsonNode schema, JsonNode value, String at) {
        var errors = new ArrayList<Problem.FieldError>();
        check(schema, value, at, errors);
        return errors.size() > MOST ? errors.subList(0, MOST) : errors;
    }

    private void check(
            JsonNode unresolved, JsonNode value, String at, List<Problem.FieldError> errors) {
        JsonNode schema = contract.resolve(unresolved);
        if (schema.has("anyOf")) {
            anyOf(schema.path("anyOf"), value, at, errors);
            return;
        }
        if (schema.has("type") && !typeFits(schema.path("type"), value)) {
            add(errors, at, "must be " + types(schema.path("type")) + ", not " + kind(value));
            return;
        }
        if (schema.has("enum") && !value.isNull()) {
            boolean listed = false;
            for (JsonNode one : schema.path("enum")) {
                listed |= one.equals(value);
            }
            if (!listed) {
                add(errors, at, "must be one of " + list(schema.path("enum")));
                return;
            }
        }
        if (value.isString()) {
            text(schema, value.asString(), at, errors);
        } else if (value.isNumber()) {
            number(schema, value, at, errors);
        } else if (value.isArray()) {
            array(schema, value, at, errors);
        } else if (value.isObject()) {
            object(schema, value, at, errors);
        }
    }

    private void anyOf(
            JsonNode choices, JsonNode value, String at, List<Problem.FieldError> errors) {
        List<Problem.FieldError> last = List.of();
        for (JsonNode choice : choices) {
            var found = new ArrayList<Problem.FieldError>();
            check(choice, value, at, found);
            if (found.isEmpty()) {
                return;
            }
            last = found;
        }
        errors.addAll(last);
    }

    private void text(JsonNode schema, String text, String at, List<Problem.FieldError> errors) {
        int length = text.codePointCount(0, text.length());
        int least = schema.path("minLength").asInt(0);
        int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
        if (length < least) {
            add(errors, at, length == 0 ? "is empty" : "is shorter than " + least + " characters");
        } else if (length > most) {
            add(errors, at, "is longer than " + most + " characters");
        } else if (oneLine && text.codePoints().anyMatch(SchemaCheck::forbidden)) {
            add(errors, at, "has a control character or half a surrogate pair");
        } else if (schema.has("pattern")
                && !patterns.computeIfAbsent(schema.path("pattern").asString(), Pattern::compile)
                        .matcher(text)
                        .find()) {
            JsonNode words = schema.path("description");
            add(
                    errors,
                    at,
                    words.isString()
                            ? "does not have the right form: " + words.asString()
                            : "does not match " + schema.path("pattern").asString());
        }
    }

    private static boolean forbidden(int c) {
        return c < 0x20 || c == 0x7f || (c >= 0xd800 && c <= 0xdfff);
    }

    private static void number(
            JsonNode schema, JsonNode value, String at, List<Problem.FieldError> errors) {
        var number = value.decimalValue();
        JsonNode least = schema.path("minimum");
        JsonNode most = schema.path("maximum");
        if (least.isNumber() && number.compareTo(least.decimalValue()) < 0) {
            add(errors, at, "is less than " + least.asString());
        }
        if (most.isNumber() && number.compareTo(most.decimalValue()) > 0) {
            add(errors, at, "is more than " + most.asString());
        } else if (value.isIntegralNumber() && !value.canConvertToLong()) {
            add(errors, at, "is too large a number");
        }
    }

    private void array(
            JsonNode schema, JsonNode value, String at, List<Problem.FieldError> errors) {
        int most = schema.path("maxItems").asInt(Integer.MAX_VALUE);
        if (value.size() > most) {
            add(errors, at, "has more than " + most + " items");
            return;
        }
        if (schema.path("uniqueItems").asBoolean(false)) {
            var seen = new HashSet<JsonNode>();
            value.forEach(seen::add);
            if (seen.size() < value.size()) {
                add(errors, at, "has an item twice");
            }
        }
        for (int i = 0; i < value.size() && errors.size() <= MOST; i++) {
            check(schema.path("items"), value.get(i), at + "." + i, errors);
        }
    }

    private void object(
            JsonNode schema, JsonNode value, String at, List<Problem.FieldError> errors) {
        int most = schema.path("maxProperties").asInt(Integer.MAX_VALUE);
        if (value.size() > most) {
            add(errors, at, "has more than " + most + " fields");
            return;
        }
        if (value.size() < schema.path("minProperties").asInt(0)) {
            add(errors, at, "has no field");
        }
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asString())) {
                add(errors, at + "." + name.asString(), "is missing");
            }
        }
        JsonNode properties = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        value.forEachEntry((name, field) -> {
            if (errors.size() > MOST) {
                return;
            }
            String here = at + "." + shown(name);
            if (schema.has("propertyNames")) {
                text(
                        contract.resolve(schema.path("propertyNames")),
                        name,
                        here + " (the key)",
                        errors);
            }
            if (properties.has(name)) {
                check(properties.path(name), field, here, errors);
            } else if (others.isObject()) {
                check(others, field, here, errors);
            } else if (others.isBoolean() && !others.asBoolean()) {
                var known = new ArrayList<String>();
                properties.forEachEntry((key, ignored) -> known.add(key));
                add(errors, here, "is not known; known: " + String.join(", ", known));
            }
        });
    }

    private static boolean typeFits(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            for (JsonNode one : type) {
                if (typeFits(one, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (type.asString()) {
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            case "null" -> value.isNull();
            default -> false;
        };
    }

    private static String types(JsonNode type) {
        if (!type.isArray()) {
            return words(type.asString());
        }
        var all = new ArrayList<String>();
        type.forEach(one -> all.add(words(one.asString())));
        return String.join(" or ", all);
    }

    private static String words(String type) {
        return switch (type) {
            case "string" -> "a text";
            case "integer" -> "a whole number";
            case "number" -> "a number";
            case "boolean" -> "true or false";
            case "array" -> "a list";
            case "object" -> "an object";
            default -> type;
        };
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "a text";
            case NUMBER -> value.isIntegralNumber() ? "a whole number" : "a number with a fraction";
            case BOOLEAN -> "true or false";
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NULL -> "null";
            default -> "that";
        };
    }

    private static String list(JsonNode values) {
        var all = new ArrayList<String>();
        values.forEach(one -> all.add(one.asString()));
        return String.join(", ", all);
    }

    /// A name that a stranger sent, fit for a message.
    static String shown(String name) {
        String clean = name.codePoints().anyMatch(SchemaCheck::forbidden) ? "(unprintable)" : name;
        return clean.length() > MAX_SHOWN ? clean.substring(0, MAX_SHOWN) + "..." : clean;
    }

    private static void add(List<Problem.FieldError> errors, String at, String detail) {
        errors.add(new Problem.FieldError(at, detail));
    }
}
