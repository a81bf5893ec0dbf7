package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.Operation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The contract is whole: it loads, says what every operation needs, and bounds every value.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractTest {

    private final Vertx vertx = Vertx.vertx();
    private final Contract contract = Contract.load(vertx);

    @AfterAll
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void everyOperationHasAnIdAndSaysWhatItNeeds() {
        assertThat(contract.operations()).isNotEmpty();
        assertThat(contract.operations())
                .extracting(Operation::getOperationId)
                .doesNotHaveDuplicates();
        assertThat(contract.operations())
                .allSatisfy(o ->
                        assertThat(o.getExtensions())
                                .as(o.getOperationId())
                                .containsKey("x-needs"));
    }

    @Test
    void everyWriteBySomebodyTakesAnIdempotencyKey() {
        var open = List.of("createSignIn", "lookUpPairing");
        assertThat(contract.operations())
                .filteredOn(o ->
                        !o.getHttpMethod().name().equals("GET")
                                && !open.contains(o.getOperationId()))
                .allSatisfy(o ->
                        assertThat(o.getParameters())
                                .as(o.getOperationId())
                                .anyMatch(p -> p.getName().equals("Idempotency-Key")));
    }

    @Test
    void everySchemaIsClosedAndBounded() {
        var loose = new ArrayList<String>();
        var raw = contract.source().getJsonObject("components");
        visit("schemas", raw.getJsonObject("schemas"), loose);
        visit("parameters", raw.getJsonObject("parameters"), loose);
        assertThat(loose).isEmpty();
    }

    private static void visit(String at, Object node, List<String> loose) {
        switch (node) {
            case JsonObject object -> {
                check(at, object, loose);
                object.forEach(e -> {
                    if (!e.getKey().startsWith("__")) {
                        visit(at + "." + e.getKey(), e.getValue(), loose);
                    }
                });
            }
            case JsonArray array -> {
                for (int i = 0; i < array.size(); i++) {
                    visit(at + "." + i, array.getValue(i), loose);
                }
            }
            default -> {}
        }
    }

    private static void check(String at, JsonObject schema, List<String> loose) {
        Object type = schema.getValue("type");
        if (at.contains(".enum") || type == null || type instanceof JsonObject) {
            return;
        }
        String types = type.toString();
        if (types.contains("object") && !schema.containsKey("additionalProperties")) {
            loose.add(at + ": additionalProperties");
        }
        if (types.contains("array") && !schema.containsKey("maxItems")) {
            loose.add(at + ": maxItems");
        }
        if (types.contains("string")
                && !schema.containsKey("maxLength")
                && !schema.containsKey("enum")) {
            loose.add(at + ": maxLength");
        }
        if ((types.contains("integer") || types.contains("number"))
                && !schema.containsKey("minimum")) {
            loose.add(at + ": minimum");
        }
    }
}
