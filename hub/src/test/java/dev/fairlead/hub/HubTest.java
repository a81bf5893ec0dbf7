package dev.fairlead.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {

    @TempDir Path folder;

    @Test
    void startsServesAndStartsAgainOnTheSameData() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        var config =
                HubConfig.local(folder.resolve("hub"), 0)
                        .withObserve(new HubConfig.Observe("127.0.0.1", 0));
        String fingerprint;
        try (var hub = Hub.start(config, HubParts.standard(folder))) {
            fingerprint = hub.fingerprint().toString();
            var health = URI.create("http://127.0.0.1:" + hub.bound().observe() + "/readyz");
            var answer =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(health).build(),
                                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        try (var hub = Hub.start(config, HubParts.standard(folder))) {
            assertThat(hub.fingerprint().toString()).isEqualTo(fingerprint);
        }
    }
}
