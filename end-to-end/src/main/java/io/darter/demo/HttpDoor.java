package io.darter.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** How small HTTP requests reach an appliance or an agent: directly, or from inside a network namespace. */
public interface HttpDoor {
    /**
     * @param login name and password of HTTP Basic; null for none
     * @param json body; null for none
     */
    Answer send(String method, String url, @Nullable Login login, @Nullable String json)
            throws IOException, InterruptedException;

    /** Name and password of HTTP Basic. */
    record Login(String user, String password) {
        @Override
        public String toString() {
            return user + ":***";
        }
    }

    /** Status and body of an answer. */
    record Answer(int status, String body) {}

    /** True if the address answers 200; false for any other answer or none. */
    default boolean ok(String url) throws InterruptedException {
        try {
            return send("GET", url, null, null).status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /** From this very machine. */
    static HttpDoor direct() {
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        return (method, url, login, json) -> {
            var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(15));
            if (login != null) {
                var pair = (login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
                request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
            }
            if (json != null) {
                request.header("Content-Type", "application/json");
            }
            request.method(
                    method,
                    json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json));
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        };
    }
}
