package dev.fairlead.hub.http;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The OpenAPI file of this hub, as its server reads it.
///
/// Vert.x knows neither `application/problem+json` nor `text/event-stream`, so its copy is loaded
/// without the contents of responses: only requests are validated here.
public final class Contract {

    private static final String FILE = "/openapi/fairlead.yaml";

    private final OpenAPIContract contract;
    private final JsonObject source;

    private Contract(OpenAPIContract contract, JsonObject source) {
        this.contract = contract;
        this.source = source;
    }

    /// Loads and checks the file; blocks, so never call it on an event loop.
    public static Contract load(Vertx vertx) {
        var source = read();
        var contract =
                OpenAPIContract.from(vertx, withoutResponseContents(source))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
        return new Contract(contract, source);
    }

    public List<Operation> operations() {
        return contract.operations();
    }

    OpenAPIContract openApi() {
        return contract;
    }

    /// The file as it is, with the contents of responses.
    public JsonObject source() {
        return source.copy();
    }

    private static JsonObject read() {
        try (InputStream in = Contract.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the program");
            }
            @SuppressWarnings("unchecked")
            Map<String, Object> tree = YAMLMapper.shared().readValue(in, Map.class);
            return new JsonObject(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject withoutResponseContents(JsonObject source) {
        var copy = source.copy();
        strip(copy.getJsonObject("components").getJsonObject("responses"));
        for (var path : copy.getJsonObject("paths")) {
            for (var operation : (JsonObject) path.getValue()) {
                if (operation.getValue() instanceof JsonObject o && o.containsKey("responses")) {
                    strip(o.getJsonObject("responses"));
                }
            }
        }
        return copy;
    }

    private static void strip(JsonObject responses) {
        responses.forEach(response -> ((JsonObject) response.getValue()).remove("content"));
    }
}
