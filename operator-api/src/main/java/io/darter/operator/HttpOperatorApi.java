package io.darter.operator;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@link OperatorApi} over REST, with HTTP Basic or an API token on each request. TLS trusts exactly one CA, named by its fingerprint,
 * whatever the address. Safe for many threads; each call ends within {@link #CALL_SECONDS_MAX}.
 */
public final class HttpOperatorApi implements OperatorApi, AutoCloseable {
    private static final long CALL_SECONDS_MAX = 30;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

    private final URI server;
    private final String authorization;
    private final HttpClient client;
    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * @param server for example {@code https://appliance:8443}; plain http is for loopback
     * @param caFingerprint SHA-256 of the CA's certificate in hex; empty: what the system trusts
     */
    public HttpOperatorApi(URI server, String caFingerprint, String user, String password) {
        this(
                server,
                caFingerprint,
                "Basic "
                        + Base64.getEncoder().encodeToString((user + ':' + password).getBytes(StandardCharsets.UTF_8)));
    }

    /** With an API token instead of a password; server and CA as for the constructor. */
    public static HttpOperatorApi withToken(URI server, String caFingerprint, String token) {
        return new HttpOperatorApi(server, caFingerprint, "Bearer " + token);
    }

    private HttpOperatorApi(URI server, String caFingerprint, String authorization) {
        this.server = server;
        this.authorization = authorization;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_MAX);
        if (!caFingerprint.isEmpty()) {
            builder.sslContext(PinnedCa.context(caFingerprint));
        }
        this.client = builder.build();
    }

    @Override
    public Overview overview() {
        return get("/overview", new TypeReference<>() {});
    }

    @Override
    public List<ClusterView> clusters() {
        return get("/clusters", new TypeReference<>() {});
    }

    @Override
    public Page<NodeView> nodes(NodeQuery query) {
        String path = "/nodes?text=" + encode(query.text()) + "&offset=" + query.offset() + "&limit=" + query.limit();
        return get(path, new TypeReference<>() {});
    }

    @Override
    public Page<TaskView> tasks(TaskQuery query) {
        String path = "/tasks?text=" + encode(query.text()) + "&state=" + encode(query.state()) + "&offset="
                + query.offset() + "&limit=" + query.limit();
        return get(path, new TypeReference<>() {});
    }

    @Override
    public TaskDetail task(String id) {
        return get("/tasks/" + encode(id), new TypeReference<>() {});
    }

    @Override
    public TaskTrace explainTask(String node, String id) {
        return get("/tasks/" + encode(id) + "/nodes/" + encode(node) + "/trace", new TypeReference<>() {});
    }

    @Override
    public List<JoinTokenView> joinTokens() {
        return get("/join-tokens", new TypeReference<>() {});
    }

    @Override
    public JoinTokenCreated createJoinToken(NewJoinToken token) {
        return read(call("POST", "/join-tokens", json.writeValueAsBytes(token)), new TypeReference<>() {});
    }

    @Override
    public void revokeJoinToken(String id) {
        call("DELETE", "/join-tokens/" + encode(id), null);
    }

    @Override
    public Me whoAmI() {
        return get("/me", new TypeReference<>() {});
    }

    @Override
    public void changeOwnPassword(PasswordChange change) {
        call("PUT", "/me/password", json.writeValueAsBytes(change));
    }

    @Override
    public List<ApiTokenView> apiTokens() {
        return get("/me/tokens", new TypeReference<>() {});
    }

    @Override
    public ApiTokenCreated createApiToken(NewApiToken token) {
        return read(call("POST", "/me/tokens", json.writeValueAsBytes(token)), new TypeReference<>() {});
    }

    @Override
    public void revokeApiToken(String id) {
        call("DELETE", "/me/tokens/" + encode(id), null);
    }

    @Override
    public Page<UserView> users(UserQuery query) {
        String path = "/users?text=" + encode(query.text()) + "&offset=" + query.offset() + "&limit=" + query.limit();
        return get(path, new TypeReference<>() {});
    }

    @Override
    public UserView createUser(NewUser user) {
        return read(call("POST", "/users", json.writeValueAsBytes(user)), new TypeReference<>() {});
    }

    @Override
    public UserView changeUser(String name, UserChange change) {
        return read(call("PATCH", "/users/" + encode(name), json.writeValueAsBytes(change)), new TypeReference<>() {});
    }

    @Override
    public void removeUser(String name) {
        call("DELETE", "/users/" + encode(name), null);
    }

    @Override
    public Page<AuditEntry> audit(AuditQuery query) {
        String path = "/audit?user=" + encode(query.user()) + "&action=" + encode(query.action()) + "&subject="
                + encode(query.subject()) + time("from", query.from()) + time("until", query.until()) + "&offset="
                + query.offset() + "&limit=" + query.limit();
        return get(path, new TypeReference<>() {});
    }

    @Override
    public NodeDetail node(String id) {
        return get("/nodes/" + encode(id), new TypeReference<>() {});
    }

    @Override
    public NodeDetail changeNode(String id, NodeChange change) {
        return read(call("PATCH", "/nodes/" + encode(id), json.writeValueAsBytes(change)), new TypeReference<>() {});
    }

    @Override
    public NodeDetail cordonNode(String id) {
        return read(call("POST", "/nodes/" + encode(id) + "/cordon", null), new TypeReference<>() {});
    }

    @Override
    public NodeDetail uncordonNode(String id) {
        return read(call("POST", "/nodes/" + encode(id) + "/uncordon", null), new TypeReference<>() {});
    }

    @Override
    public NodeDetail drainNode(String id) {
        return read(call("POST", "/nodes/" + encode(id) + "/drain", null), new TypeReference<>() {});
    }

    @Override
    public void removeNode(String id) {
        call("DELETE", "/nodes/" + encode(id), null);
    }

    @Override
    public EvictedContent evictContent(String id, String content) {
        String path = "/nodes/" + encode(id) + "/contents/" + encode(content);
        return read(call("DELETE", path, null), new TypeReference<>() {});
    }

    @Override
    public List<TombstoneView> tombstones(String cluster) {
        return get("/clusters/" + encode(cluster) + "/tombstones", new TypeReference<>() {});
    }

    @Override
    public TombstoneView purgeContent(String cluster, NewTombstone tombstone) {
        String path = "/clusters/" + encode(cluster) + "/tombstones";
        return read(call("POST", path, json.writeValueAsBytes(tombstone)), new TypeReference<>() {});
    }

    @Override
    public void liftTombstone(String cluster, String content) {
        call("DELETE", "/clusters/" + encode(cluster) + "/tombstones/" + encode(content), null);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private <T> T get(String path, TypeReference<T> type) {
        return read(call("GET", path, null), type);
    }

    private byte[] call(String method, String path, byte @Nullable [] body) {
        URI uri = server.resolve("/api/v1" + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(CALL_SECONDS_MAX))
                .header("Authorization", authorization)
                .header("Accept", "application/json, application/problem+json")
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() / 100 != 2) {
                throw new OperatorException(problem(response));
            }
            return response.body();
        } catch (SSLException e) {
            throw failed(
                    "APPLIANCE_NOT_TRUSTED",
                    "the appliance's certificate is not the expected one (" + e.getMessage() + ")",
                    "Check the address, and compare the CA fingerprint with the appliance's");
        } catch (IOException e) {
            throw failed(
                    "APPLIANCE_UNREACHABLE",
                    "it did not answer (" + e + ")",
                    "Check the address and that the appliance is running");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("INTERRUPTED", "the call was interrupted", "Try again");
        }
    }

    private <T> T read(byte[] body, TypeReference<T> type) {
        try {
            return json.readValue(body, type);
        } catch (JacksonException e) {
            throw failed(
                    "ANSWER_NOT_UNDERSTOOD", "its answer is not what was expected", "Check that both have one version");
        }
    }

    private Problem problem(HttpResponse<byte[]> response) {
        try {
            Problem problem = json.readValue(response.body(), Problem.class);
            if (problem != null && problem.code() != null) {
                return problem;
            }
        } catch (JacksonException e) {
            // whoever answered is not an appliance, or something stands between
        }
        return new Problem(
                "ANSWER_NOT_UNDERSTOOD",
                "Asking the appliance " + server,
                "it answered HTTP " + response.statusCode() + " without words",
                "Check the address; a proxy may stand between",
                response.statusCode());
    }

    private OperatorException failed(String code, String happened, String advice) {
        return new OperatorException(new Problem(code, "Asking the appliance " + server, happened, advice, 0));
    }

    private static String time(String parameter, @Nullable Instant at) {
        return at == null ? "" : "&" + parameter + "=" + encode(at.toString());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
