package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON of the API, read strictly: UTF-8 only, no name twice, nothing behind the value, and no
/// number, text or depth that could cost more than its bytes.
public final class Json {

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(32)
                                                    .maxNumberLength(40)
                                                    .maxStringLength(256 * 1024)
                                                    .maxNameLength(256)
                                                    .build())
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private Json() {}

    /// @throws Rejected as `invalid`, with the place in words
    static JsonNode parse(byte[] bytes) {
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
        } catch (CharacterCodingException e) {
            throw Rejected.invalid("The request was not understood: the body is not UTF-8.");
        }
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node.isMissingNode()) {
                throw Rejected.invalid("The request was not understood: the body is empty.");
            }
            return node;
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw Rejected.invalid(
                    "The request was not understood: the body is no valid JSON"
                            + (at == null || at.getLineNr() < 1
                                    ? ""
                                    : " at line " + at.getLineNr() + ", column " + at.getColumnNr())
                            + ": "
                            + words(e)
                            + ".");
        }
    }

    static <T> T convert(JsonNode node, Class<T> type) {
        return MAPPER.treeToValue(node, type);
    }

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// The first sentence of Jackson's, without what it quotes of the input.
    private static String words(JacksonException e) {
        String message = e.getOriginalMessage();
        if (message == null) {
            return "it ends too soon";
        }
        if (message.contains("Duplicate")) {
            return "a field is given twice";
        }
        if (message.contains("Number value length") || message.contains("number")) {
            return "a number is too long or malformed";
        }
        if (message.contains("nesting depth")) {
            return "it is nested too deeply";
        }
        return message.contains("end-of-input")
                ? "it ends too soon"
                : "a character is out of place";
    }
}
