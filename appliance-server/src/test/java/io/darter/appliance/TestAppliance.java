package io.darter.appliance;

import io.darter.appliance.join.CertificateAuthority;
import io.darter.appliance.settings.ServerConfigLoader;
import io.darter.operator.HttpOperatorApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One whole appliance on free loopback ports, and its first administrator. With the embedded state, or with what the file
 * says that the property {@code darter.test.state} names: settings of database and Redis, for one appliance only.
 */
public final class TestAppliance implements AutoCloseable {
    public static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration LIMIT = Duration.ofSeconds(60);

    public final ConfigurableApplicationContext context;
    public final String password;

    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonNode ports;

    public TestAppliance(Path folder) throws IOException {
        Path data = folder.resolve("data");
        String state = System.getProperty("darter.test.state", "");
        Path file = Files.writeString(
                folder.resolve("server.yaml"),
                "dataDir: " + data + "\nbind: 127.0.0.1\nhttpsPort: 0\nhttpPort: 0\nagentPort: 0\n"
                        + (state.isEmpty() ? "" : Files.readString(Path.of(state))));
        context = Application.start(ServerConfigLoader.load(file, Map.of()));
        ports = JSON.readTree(Files.readString(data.resolve("ports.json")));
        password = Files.readString(data.resolve("initial-admin-password")).strip();
    }

    /** As a user, over HTTPS. */
    public HttpOperatorApi as(String user, String userPassword) {
        return new HttpOperatorApi(https(), fingerprint(), user, userPassword);
    }

    /** With an API token, over HTTPS. */
    public HttpOperatorApi with(String token) {
        return HttpOperatorApi.withToken(https(), fingerprint(), token);
    }

    public JdbcClient sql() {
        return context.getBean(JdbcClient.class);
    }

    /** @param authorization the header; empty for none */
    public HttpResponse<String> send(String method, String path, String body, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The port of plain HTTP on loopback. */
    public int port() {
        return ports.path("http").asInt();
    }

    public static String basic(String user, String userPassword) {
        byte[] login = (user + ':' + userPassword).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(login);
    }

    private URI https() {
        return URI.create("https://127.0.0.1:" + ports.path("https").asInt());
    }

    private String fingerprint() {
        return context.getBean(CertificateAuthority.class).fingerprint();
    }

    @Override
    public void close() {
        client.shutdownNow();
        context.close();
    }
}
