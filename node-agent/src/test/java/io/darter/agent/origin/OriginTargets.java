package io.darter.agent.origin;

import io.darter.agent.config.RegistrySettings;
import io.darter.agent.errors.DarterException;
import io.darter.agent.http.EventLoops;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.agent.task.ContentSource;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What registries and token services answer. */
public final class OriginTargets implements Targets {
    private static final URI ASKED = URI.create("https://registry.example.com/v2/");

    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final Duration STALL = Duration.ofSeconds(20);
    private static final Path PASSWORD = password();
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String PART =
            "HTTP/1.1 206 x\r\nContent-Range: bytes 100-199/1000\r\nContent-Length: 100\r\n\r\n";
    private static final String BODY = "0123456789".repeat(10);
    private static final String CHALLENGE =
            "HTTP/1.1 401 x\r\nWWW-Authenticate: Bearer realm=\"http://localhost:1/token\",service=\"r\"\r\n\r\n";

    private @Nullable RawOrigin origin;
    private @Nullable EventLoops loops;

    @Override
    public List<Target> all() {
        return List.of(
                Target.of("challenge", OriginTargets::challenge)
                        .refusing(DarterException.class)
                        .withExamples(
                                "Bearer realm=\"https://auth.example.com/token\",service=\"r\",scope=\"repository:a/b:pull\"",
                                "Basic realm=\"x\"",
                                "Bearer realm=https://registry.example.com/t, a=\"\\\"\"")
                        .withWords(
                                "Bearer ",
                                "Basic ",
                                "realm=\"",
                                "https://",
                                ".example.com",
                                "service=",
                                "scope=",
                                "\\\""),
                Target.of("token-answer", OriginTargets::token)
                        .refusing(DarterException.class)
                        .withExamples("{\"token\":\"abc\",\"expires_in\":300}", "{\"access_token\":\"x\",\"scope\":[]}")
                        .withWords("\"token\":", "\"access_token\":", "\"expires_in\":", "null", "1e999", "[[[["),
                Target.of("origin-answer", this::answers)
                        .refusing(DarterException.class)
                        .refusing(TransferException.class)
                        .withExamples(
                                "f" + PART + BODY,
                                "f" + OK + "Content-Length: 1000\r\n\r\n" + BODY.repeat(10),
                                "fHTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n\0" + PART + BODY,
                                "fHTTP/1.1 307 x\r\nLocation: https://store.example/x\r\n\r\n\0" + OK + "\r\n",
                                "fHTTP/1.1 503 Busy\r\nRetry-After: 1\r\n\r\n\0HTTP/1.1 429 x\r\nRetry-After: "
                                        + "Wed, 21 Oct 2037 07:28:00 GMT\r\n\r\n",
                                "b" + CHALLENGE + "\0" + OK + "Content-Length: 15\r\n\r\n{\"token\":\"abc\"}\0" + PART
                                        + BODY,
                                "bHTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n\0" + PART + BODY,
                                "g" + CHALLENGE + "\0" + OK + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "11\r\n{\"access_token\":1\r\n1\r\n}\r\n0\r\n\r\n\0" + OK + "\r\n{}",
                                "g" + OK + "Content-Type: a\r\nETag: \"e\"\r\nContent-Encoding: gzip\r\n\r\n{}",
                                "f" + OK + "Content-Length: rer\r\n\r\n", // a finding
                                "f" + OK + "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n0\r\n\r\n",
                                "b" + CHALLENGE + "\0" + OK + "Content-Length: 16\r\n\r\n{\"token\":\"a\\nb\"}\0" + PART
                                        + BODY,
                                "hHTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n")
                        .withWords(
                                "HTTP/1.1 ",
                                "200 OK\r\n",
                                "206 x\r\n",
                                "302 x\r\nLocation: ",
                                "401 x\r\nWWW-Authenticate: ",
                                "429 x\r\nRetry-After: ",
                                "Content-Length: ",
                                "Content-Range: bytes 100-199/1000\r\n",
                                "Content-Encoding: ",
                                "Transfer-Encoding: chunked\r\n",
                                "ETag: \"e\"\r\n",
                                "Last-Modified: ",
                                "Bearer realm=\"https://r.example/token\"",
                                "\r\n\r\n",
                                "\0HTTP/1.1 ")
                        .onOtherThreads()
                        // A new client each time, with its connections and buffers.
                        .mayAllocate(4 << 20));
    }

    /** First what is asked for, then what the origin answers to one request after the other. */
    private void answers(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        RawOrigin raw = origin();
        raw.say(RawOrigin.parts(input, 1));
        Registries registries = new Registries(List.of(new RegistrySettings(
                raw.host(), true, Optional.empty(), "user", Optional.of(PASSWORD), Optional.empty())));
        try (HttpOriginClient client = new HttpOriginClient(
                registries,
                new OriginHttp(network(), (host, port) -> List.of(raw.address())),
                _ -> {},
                InstantSource.system(),
                STALL,
                time -> {})) {
            switch (input[0]) {
                case 'f' -> {
                    URI url = URI.create("http://" + raw.host() + "/file");
                    read(client.fetch(new ContentSource(KEY, 1000, "", true, url, "", "", "\"e\"", ""), 100, 200));
                }
                case 'b' -> {
                    URI url = URI.create("https://" + raw.host() + "/v2/a/blobs/x");
                    String digest = "sha256:" + KEY.hex();
                    read(client.fetch(ContentSource.blob(url, raw.host(), "a", digest, 1000), 100, 200));
                }
                default -> {
                    URI url = URI.create("https://" + raw.host() + "/v2/a/manifests/x");
                    client.meta(input[0] == 'h' ? "HEAD" : "GET", url, raw.host(), "a", Map.of("Accept", "*/*"));
                }
            }
        }
    }

    private synchronized OriginNetwork network() {
        EventLoops running = loops;
        if (running == null) {
            running = new EventLoops(1);
            loops = running;
        }
        return new OriginNetwork(running.group(), running.socketChannel(), running.allocator());
    }

    private static void read(PieceBody body) throws TransferException, InterruptedException {
        try (body) {
            ByteBuffer bytes = ByteBuffer.allocate(200);
            while (body.read(bytes) >= 0) {
                if (bytes.position() > 100) {
                    throw new AssertionError("more than was asked for");
                }
            }
            if (bytes.position() != 100) {
                throw new AssertionError("only " + bytes.position() + " bytes and no word of it");
            }
        }
    }

    private synchronized RawOrigin origin() {
        RawOrigin running = origin;
        if (running == null) {
            running = new RawOrigin();
            origin = running;
        }
        return running;
    }

    private static Path password() {
        try {
            Path file = Files.createTempFile("darter-fuzz", ".password");
            file.toFile().deleteOnExit();
            return Files.writeString(file, "secret");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void challenge(byte[] input) throws Exception {
        String[] headers = text(input).split("\n", 3);
        Optional<Challenge> challenge = Challenge.of(List.of(headers));
        if (challenge.isPresent()) {
            answer(challenge.get(), "{\"token\":\"abc\"}".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void token(byte[] input) throws Exception {
        answer(new Challenge("bearer", Map.of("realm", "https://registry.example.com/token")), input);
    }

    private static void answer(Challenge challenge, byte[] body) throws DarterException, InterruptedException {
        Credentials credentials = new Credentials(new Registries(List.of()), InstantSource.system());
        credentials.answer(
                challenge,
                ASKED,
                "registry.example.com",
                "a/b",
                Optional.empty(),
                (url, authorization) -> new OriginClient.MetaResponse(200, Map.of(), body));
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
