package io.darter.appliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.join.CertificateAuthority;
import io.darter.appliance.join.Certificates;
import io.darter.appliance.join.TestNode;
import io.darter.appliance.settings.ServerConfig;
import io.darter.appliance.settings.ServerConfigLoader;
import io.darter.link.v1.AgentLinkGrpc;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Content;
import io.darter.link.v1.ContentTrace;
import io.darter.link.v1.Heartbeat;
import io.darter.link.v1.Hello;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.TraceAnswer;
import io.darter.link.v1.TraceEvent;
import io.darter.link.v1.TraceSource;
import io.darter.link.v1.Want;
import io.darter.operator.HttpOperatorApi;
import io.darter.operator.JoinTokenCreated;
import io.darter.operator.NewJoinToken;
import io.darter.operator.NodeQuery;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.OperatorException;
import io.darter.operator.TaskQuery;
import io.darter.operator.TaskTrace;
import io.darter.operator.TaskView;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One whole appliance on free loopback ports, from outside. */
class ApplicationTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static ConfigurableApplicationContext context;
    private static JsonNode ports;
    private static String password;
    private static HttpOperatorApi api;

    @BeforeAll
    static void start() throws Exception {
        Path file = Files.writeString(
                folder.resolve("server.yaml"),
                "dataDir: " + folder.resolve("data") + "\nbind: 127.0.0.1\nhttpsPort: 0\nhttpPort: 0\nagentPort: 0\n");
        ServerConfig config = ServerConfigLoader.load(file, Map.of());
        context = Application.start(config);
        ports = JsonMapper.builder().build().readTree(Files.readString(folder.resolve("data/ports.json")));
        password =
                Files.readString(folder.resolve("data/initial-admin-password")).strip();
        api = new HttpOperatorApi(
                URI.create("https://127.0.0.1:" + ports.path("https").asInt()), fingerprint(), "admin", password);
    }

    @AfterAll
    static void stop() {
        api.close();
        context.close();
    }

    @Test
    void secretsOnDiskAreReadableByTheirOwnerOnly() throws Exception {
        for (String file : List.of("master.key", "initial-admin-password", "redis/redis.conf")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(folder.resolve("data").resolve(file))),
                    file);
        }
    }

    @Test
    void aNodeJoinsWithANameAndCertificateThatTheApplianceDecides() throws Exception {
        String token = token("seed", 2).token();
        TestNode first = new TestNode(http(""));
        TestNode.Answer answer = first.join(token, "box");
        assertEquals(200, answer.status());
        assertEquals("box", answer.text("nodeName"));
        assertEquals("seed", answer.text("role"));
        X509Certificate certificate = answer.certificate("certificate");
        X509Certificate ca = answer.certificate("caCertificate");
        certificate.verify(ca.getPublicKey());
        assertEquals(first.keys.getPublic(), certificate.getPublicKey());
        assertEquals(
                List.of(List.of(6, "darter://cluster/" + answer.text("cluster") + "/node/" + answer.text("nodeId"))),
                List.copyOf(certificate.getSubjectAlternativeNames()));

        assertEquals("box-2", new TestNode(http("")).join(token, "box").text("nodeName"));
        TestNode.Answer third = new TestNode(http("")).join(token, "box");
        assertEquals(403, third.status());
        assertEquals("JOIN_TOKEN_USED", third.text("code"));
        assertFalse(third.text("advice").isEmpty());

        assertEquals(
                200,
                first.renew(answer.text("nodeId"), System.currentTimeMillis()).status());
        TestNode.Answer stolen = new TestNode(http("")).renew(answer.text("nodeId"), System.currentTimeMillis());
        assertEquals("JOIN_PROOF_INVALID", stolen.text("code"));
        assertEquals("CLOCK_WRONG", first.renew(answer.text("nodeId"), 1).text("code"));
    }

    @Test
    void tokensThatAreExpiredRevokedUnknownOrStolenAreRefusedWithWords() throws Exception {
        JoinTokenCreated expired = token("node", 1);
        context.getBean(JdbcClient.class)
                .sql("UPDATE join_tokens SET expires_at_millis = 1 WHERE id = ?")
                .param(expired.view().id())
                .update();
        TestNode node = new TestNode(http(""));
        assertEquals("JOIN_TOKEN_EXPIRED", node.join(expired.token(), "x").text("code"));
        assertEquals("JOIN_TOKEN_UNKNOWN", node.join("darter1.e30", "x").text("code"));
        JoinTokenCreated good = token("node", 1);
        assertEquals(
                "JOIN_PROOF_INVALID",
                node.join(good.token(), "x", node.sign("other")).text("code"));
        api.revokeJoinToken(good.view().id());
        assertEquals("JOIN_TOKEN_UNKNOWN", node.join(good.token(), "x").text("code"));
    }

    @Test
    void everyEndpointNeedsALogin() throws Exception {
        for (String path : List.of(
                "GET /overview",
                "GET /clusters",
                "GET /nodes",
                "GET /tasks",
                "GET /tasks/x",
                "GET /tasks/x/nodes/y/trace",
                "GET /join-tokens",
                "POST /join-tokens",
                "DELETE /join-tokens/x",
                "GET /nothing")) {
            String method = path.substring(0, path.indexOf(' '));
            String rest = "/api/v1" + path.substring(path.indexOf(' ') + 1);
            HttpResponse<String> refused = send(method, rest, "");
            assertEquals(401, refused.statusCode(), path);
            assertTrue(refused.body().contains("LOGIN_NEEDED"), path);
            HttpResponse<String> allowed = send(method, rest, "admin:" + password);
            assertTrue(allowed.statusCode() != 401 && allowed.statusCode() != 403, path + allowed.statusCode());
            assertTrue(allowed.body().startsWith("{") || allowed.body().startsWith("["), allowed.body());
        }
        assertEquals(200, send("GET", "/healthy", "").statusCode());
    }

    @Test
    void afterFiveWrongPasswordsNothingIsTriedForAWhile() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertEquals(401, send("GET", "/api/v1/nodes", "mallory:guess").statusCode());
        }
        HttpResponse<String> paused = send("GET", "/api/v1/nodes", "mallory:guess");
        assertEquals(429, paused.statusCode());
        assertTrue(paused.body().contains("LOGIN_RATE_LIMITED"));
        assertEquals(200, send("GET", "/api/v1/nodes", "admin:" + password).statusCode());
    }

    @Test
    void anotherCaIsNotTrusted() {
        try (HttpOperatorApi wrong = new HttpOperatorApi(
                URI.create("https://127.0.0.1:" + ports.path("https").asInt()), "00".repeat(32), "admin", password)) {
            OperatorException refusal = assertThrows(OperatorException.class, wrong::overview);
            assertEquals("APPLIANCE_NOT_TRUSTED", refusal.problem().code());
        }
    }

    @Test
    void serviceAndHttpClientSayTheSame() {
        OperatorApi service = context.getBean(OperatorApi.class);
        asAdmin(() -> {
            assertEquals(service.clusters(), api.clusters());
            assertEquals(service.joinTokens(), api.joinTokens());
            for (OperatorApi each : List.of(service, api)) {
                OperatorException unknown = assertThrows(OperatorException.class, () -> each.task("k-none"));
                assertEquals("TASK_UNKNOWN", unknown.problem().code());
                assertEquals(404, unknown.problem().status());
                OperatorException invalid = assertThrows(
                        OperatorException.class, () -> each.createJoinToken(new NewJoinToken("", "king", 1, 600)));
                assertEquals("REQUEST_INVALID", invalid.problem().code());
                OperatorException none = assertThrows(OperatorException.class, () -> each.revokeJoinToken("t-none"));
                assertEquals("JOIN_TOKEN_UNKNOWN", none.problem().code());
            }
        });
        OperatorException denied = assertThrows(
                OperatorException.class, () -> service.createJoinToken(new NewJoinToken("", "node", 1, 600)));
        assertEquals("LOGIN_NEEDED", denied.problem().code());
    }

    @Test
    void anAgentAttachesOverMutualTlsAndIsScheduled() throws Exception {
        TestNode node = new TestNode(http(""));
        TestNode.Answer joined = node.join(token("node", 1).token(), "linked");
        ManagedChannel channel = channel(node, joined);
        try {
            BlockingQueue<SchedulerMessage> received = new LinkedBlockingQueue<>();
            StreamObserver<AgentMessage> link = AgentLinkGrpc.newStub(channel).attach(into(received));
            link.onNext(AgentMessage.newBuilder()
                    .setHello(Hello.newBuilder()
                            .setPeerPort(4000)
                            .setZone("z1")
                            .setVersion("0.1.0")
                            .setEpoch(70))
                    .build());
            SchedulerMessage welcome = next(received);
            assertEquals(32, welcome.getWelcome().getCapabilityKey().size());
            assertTrue(welcome.getWelcome().getEpoch() > 70, "the agent would not follow it");
            assertEquals("online", view("linked").state());

            link.onNext(AgentMessage.newBuilder()
                    .setHeartbeat(Heartbeat.newBuilder().setOriginBytes(5).setDeliveredBytes(7))
                    .build());
            link.onNext(AgentMessage.newBuilder()
                    .setWant(Want.newBuilder()
                            .setContent(Content.newBuilder()
                                    .setKey("sha256-" + "cd".repeat(32))
                                    .setSizeBytes(1_000_000)
                                    .setRangesSupported(true)
                                    .setUrl("http://127.0.0.1/file"))
                            .setLive(true)
                            .setTask("http://127.0.0.1/file"))
                    .build());
            SchedulerMessage describe = next(received);
            assertEquals(131_072, describe.getDescribe().getPieceBytes());
            SchedulerMessage grant = next(received);
            assertFalse(grant.getGrant().getLeases(0).hasParent());
            TaskView task =
                    api.tasks(new TaskQuery("file", "running", 0, 10)).items().getFirst();
            assertEquals(1_000_000, task.wantedBytes());
            assertEquals(8, api.task(task.id()).contents().getFirst().pieces());
            assertEquals(7, view("linked").deliveredBytes());
            assertTheNodeExplains(task.id(), link, received);

            context.getBean(Certificates.class).revokeAllOf(joined.text("nodeId"));
            context.getBean(Certificates.class).readRevoked();
            link.onNext(AgentMessage.newBuilder()
                    .setHeartbeat(Heartbeat.newBuilder())
                    .build());
            SchedulerMessage refused = next(received);
            while (!refused.hasRefused()) {
                refused = next(received);
            }
            assertEquals("CERTIFICATE_REVOKED", refused.getRefused().getCode());
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static void assertTheNodeExplains(
            String task, StreamObserver<AgentMessage> link, BlockingQueue<SchedulerMessage> received) throws Exception {
        CompletableFuture<TaskTrace> asked = CompletableFuture.supplyAsync(() -> api.explainTask("linked", task));
        SchedulerMessage question = next(received);
        while (!question.hasTraceAsk()) {
            question = next(received);
        }
        assertEquals("sha256-" + "cd".repeat(32), question.getTraceAsk().getKeys(0));
        link.onNext(AgentMessage.newBuilder()
                .setTraceAnswer(TraceAnswer.newBuilder()
                        .setRequest(question.getTraceAsk().getRequest())
                        .addContents(ContentTrace.newBuilder()
                                .setKey(question.getTraceAsk().getKeys(0))
                                .addVerdict("because")
                                .addSources(TraceSource.newBuilder().setName("origin x"))
                                .addEvents(TraceEvent.newBuilder().setKind("run"))))
                .build());
        TaskTrace trace = asked.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertEquals("http://127.0.0.1/file", trace.task());
        assertEquals(List.of("because"), trace.contents().getFirst().verdict());
        assertEquals(
                "origin x", trace.contents().getFirst().sources().getFirst().name());
        assertEquals("run", trace.contents().getFirst().events().getFirst().kind());
        OperatorException unknown = assertThrows(OperatorException.class, () -> api.explainTask("nobody", task));
        assertEquals("NODE_UNKNOWN", unknown.problem().code());
    }

    @Test
    void aTakenPortIsNamedWithItsKeyBeforeAnythingStarts() throws Exception {
        int taken = ports.path("agent").asInt();
        Path file = Files.writeString(
                folder.resolve("second.yaml"),
                "dataDir: " + folder.resolve("second") + "\nbind: 127.0.0.1\nhttpsPort: 0\nhttpPort: 0\nagentPort: "
                        + taken + "\n");
        ServerConfig config = ServerConfigLoader.load(file, Map.of());
        StartFailure failure = assertThrows(StartFailure.class, () -> Application.start(config));
        assertEquals(1, failure.exitCode());
        assertTrue(String.valueOf(failure.getMessage()).contains("agentPort " + taken));
    }

    private static ManagedChannel channel(TestNode node, TestNode.Answer joined) throws Exception {
        var tls = GrpcSslContexts.forClient()
                .keyManager(node.keys.getPrivate(), joined.certificate("certificate"))
                .trustManager(joined.certificate("caCertificate"))
                .build();
        return NettyChannelBuilder.forAddress("127.0.0.1", ports.path("agent").asInt())
                .sslContext(tls)
                .build();
    }

    private static StreamObserver<SchedulerMessage> into(BlockingQueue<SchedulerMessage> queue) {
        return new StreamObserver<>() {
            @Override
            public void onNext(SchedulerMessage message) {
                queue.add(message);
            }

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onCompleted() {}
        };
    }

    private static SchedulerMessage next(BlockingQueue<SchedulerMessage> received) throws InterruptedException {
        SchedulerMessage message = received.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message from the scheduler");
        }
        return message;
    }

    private static NodeView view(String name) {
        return api.nodes(new NodeQuery(name, 0, 10)).items().getFirst();
    }

    private static JoinTokenCreated token(String role, int uses) {
        return api.createJoinToken(new NewJoinToken("", role, uses, 600));
    }

    private static String fingerprint() {
        return context.getBean(CertificateAuthority.class).fingerprint();
    }

    private static URI http(String path) {
        return URI.create("http://127.0.0.1:" + ports.path("http").asInt() + path);
    }

    private static HttpResponse<String> send(String method, String path, String login) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(http(path))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(method.equals("POST") ? "{}" : ""));
        if (!login.isEmpty()) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static void asAdmin(Runnable action) {
        var typed = UsernamePasswordAuthenticationToken.unauthenticated("admin", password);
        SecurityContextHolder.getContext()
                .setAuthentication(context.getBean(AuthenticationProvider.class).authenticate(typed));
        try {
            action.run();
        } finally {
            SecurityContextHolder.clearContext();
        }
    }
}
