package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.rbac.Act;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The contract is whole: it is OpenAPI 3.1, bounds every value, and says what every operation
/// needs.
class ContractTest {

    private final Contract contract = Contract.load();

    @Test
    void itIsOpenApi() throws Exception {
        var source = contract.source().deepCopy();
        // Vert.x knows neither problem+json nor event-stream, so it sees no contents of responses.
        ((ObjectNode) source.at("/components/responses/Problem")).remove("content");
        source.path("paths")
                .forEach(path ->
                        path.forEach(operation ->
                                operation
                                        .path("responses")
                                        .forEach(r -> ((ObjectNode) r).remove("content"))));
        var vertx = Vertx.vertx();
        try {
            var read =
                    OpenAPIContract.from(vertx, new JsonObject(source.toString()))
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS);
            assertThat(read.operations()).hasSameSizeAs(contract.operations().values());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void everyOperationSaysWhatItNeeds() {
        assertThat(contract.operations().values())
                .allSatisfy(o ->
                        assertThat(o.needs().equals("nobody") || Act.parse(o.needs()).isPresent())
                                .as(o.id() + " needs " + o.needs())
                                .isTrue());
    }

    @Test
    void noTwoOperationsShareAPath() {
        var seen = new HashSet<String>();
        for (var operation : contract.operations().values()) {
            var shape =
                    operation.method()
                            + operation.segments().stream()
                                    .map(s -> s.startsWith("{") ? "{}" : s)
                                    .toList();
            assertThat(seen.add(shape)).as(shape).isTrue();
        }
    }

    @Test
    void everyWriteBySomebodyTakesAnIdempotencyKey() {
        assertThat(contract.operations().values())
                .filteredOn(o ->
                        !o.method().equals("GET")
                                && !o.needs().equals("nobody")
                                && !o.id().equals("lookUpPairing"))
                .allSatisfy(
                        o -> assertThat(o.parameters()).as(o.id()).containsKey("Idempotency-Key"));
    }

    @Test
    void everyPathParameterIsDescribed() {
        for (var operation : contract.operations().values()) {
            for (var segment : operation.segments()) {
                if (segment.startsWith("{")) {
                    assertThat(operation.parameters())
                            .as(operation.id())
                            .containsKey(segment.substring(1, segment.length() - 1));
                }
            }
        }
    }

    @Test
    void theProblemCodesAreThoseOfTheProgram() {
        var listed = new TreeSet<String>();
        contract.source()
                .at("/components/schemas/ProblemCode/enum")
                .forEach(code -> listed.add(code.asString()));

        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Rejected.Code.values()).map(Rejected.Code::label).toList());
    }

    @Test
    void everySchemaIsClosedBoundedAndOfWordsThatAreChecked() {
        var loose = new ArrayList<String>();
        contract.source()
                .at("/components/schemas")
                .forEachEntry((name, schema) -> visit(name, schema, loose));
        contract.source()
                .at("/components/parameters")
                .forEachEntry((name, p) -> visit(name, p.path("schema"), loose));

        assertThat(loose).isEmpty();
    }

    private void visit(String at, JsonNode schema, List<String> loose) {
        schema.forEachEntry((word, value) -> {
            if (!SchemaCheck.KNOWN.contains(word)) {
                loose.add(at + ": the word " + word);
            }
        });
        if (schema.has("$ref")) {
            contract.resolve(schema);
            return;
        }
        var types = schema.path("type").toString();
        boolean listed = schema.has("enum");
        if (types.contains("object") && !schema.has("additionalProperties")) {
            loose.add(at + ": additionalProperties");
        }
        if (types.contains("object")
                && schema.path("additionalProperties").isObject()
                && !schema.has("maxProperties")) {
            loose.add(at + ": maxProperties");
        }
        if (types.contains("array") && !schema.has("maxItems")) {
            loose.add(at + ": maxItems");
        }
        if (types.contains("string") && !schema.has("maxLength") && !listed) {
            loose.add(at + ": maxLength");
        }
        if ((types.contains("integer") || types.contains("number")) && !schema.has("minimum")) {
            loose.add(at + ": minimum");
        }
        schema.path("properties").forEachEntry((n, s) -> visit(at + "." + n, s, loose));
        if (schema.has("items")) {
            visit(at + ".items", schema.path("items"), loose);
        }
        if (schema.path("additionalProperties").isObject()) {
            visit(at + ".*", schema.path("additionalProperties"), loose);
        }
        schema.path("anyOf").forEach(s -> visit(at + ".anyOf", s, loose));
    }
}
