package dev.fairlead.hub.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallerRoutesTest {

    private static final URI HUB = URI.create("https://hub.example.com");

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    @TempDir private Path folder;
    private int port;

    @BeforeEach
    void serve() throws Exception {
        var router = Router.router(vertx);
        new InstallerRoutes(new Installer(HUB, null, folder)).mount(router);
        port =
                vertx.createHttpServer()
                        .requestHandler(router)
                        .listen(0, "127.0.0.1")
                        .await()
                        .actualPort();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        vertx.close().await();
    }

    @Test
    void scriptNamesTheConfiguredHubAndThePackage() throws Exception {
        byte[] content = "the package".getBytes(StandardCharsets.UTF_8);
        packageOf(content);

        var script = get(InstallerRoutes.SCRIPT);
        var archive = get(InstallerRoutes.PACKAGE);

        assertThat(archive.body()).isEqualTo(content);
        assertThat(text(script))
                .startsWith("#!/bin/sh\n")
                .contains("hub='https://hub.example.com'\n")
                .contains("package_sha256='" + sha256(content) + "'\n")
                .contains("ca=''\n")
                .doesNotContain("127.0.0.1")
                .doesNotContainPattern("@[A-Z0-9_]+@");
    }

    @Test
    void lineCarriesTheHashOfTheScriptAsServed() throws Exception {
        packageOf(new byte[1000]);

        assertThat(new Installer(HUB, null, folder).line("flt_x").orElseThrow())
                .contains("'" + sha256(get(InstallerRoutes.SCRIPT).body()) + "  agent.sh'");
    }

    @Test
    void theUnitIsOneThatSystemdTakes() throws Exception {
        var verifier = Path.of("/usr/bin/systemd-analyze");
        assumeThat(verifier).as("there is no systemd here").isExecutable();
        packageOf(new byte[1000]);
        String script = text(get(InstallerRoutes.SCRIPT));
        var unit =
                Files.writeString(
                        folder.resolve("fairlead-agent.service"),
                        script.substring(script.indexOf("[Unit]\n"), script.indexOf("\nUNIT\n"))
                                .replace("$user", "root")
                                .replace("$home/bin/fairlead", "/bin/true")
                                .replace("$config", "/etc/fairlead/agent.yaml")
                                .replace("$state", "/var/lib/fairlead/agent"));

        var verified =
                new ProcessBuilder(verifier.toString(), "verify", unit.toString())
                        .redirectErrorStream(true)
                        .start();

        assertThat(new String(verified.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(verified.waitFor()).isZero();
    }

    @Test
    void answersNothingToWhoeverHasItAlready() throws Exception {
        packageOf(new byte[1000]);
        for (String path : new String[] {InstallerRoutes.SCRIPT, InstallerRoutes.PACKAGE}) {
            String etag = get(path).headers().firstValue("etag").orElseThrow();

            var again = get(path, "If-None-Match", etag);

            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
        }
    }

    @Test
    void newPackageMakesANewScript() throws Exception {
        packageOf(new byte[1000]);
        String before = text(get(InstallerRoutes.SCRIPT));
        packageOf(new byte[1001]);

        assertThat(text(get(InstallerRoutes.SCRIPT)))
                .contains(sha256(new byte[1001]))
                .isNotEqualTo(before);
    }

    @Test
    void saysThatThereIsNoPackage() throws Exception {
        var answer = get(InstallerRoutes.SCRIPT);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(text(answer)).contains("no agent package");
        assertThat(new Installer(HUB, null, folder).line("flt_x")).isEmpty();
    }

    private void packageOf(byte[] content) throws IOException {
        Files.write(folder.resolve("fairlead-agent-9.9.9-linux-amd64.tar.gz"), content);
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .version(HttpClient.Version.HTTP_1_1);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
