package io.darter.appliance.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.TestAppliance;
import io.darter.appliance.node.NodeDirectory;
import io.darter.operator.ApiTokenCreated;
import io.darter.operator.AuditQuery;
import io.darter.operator.Grant;
import io.darter.operator.HttpOperatorApi;
import io.darter.operator.NewApiToken;
import io.darter.operator.NewJoinToken;
import io.darter.operator.NewUser;
import io.darter.operator.TaskQuery;
import io.darter.operator.UserChange;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/**
 * Everybody calls everything that the OpenAPI document names. What must come of it follows from the rule that the
 * document gives each operation; one without a rule, or with a parameter that nobody told here, fails.
 */
class SecurityTest {
    private static final String PASSWORD = "a planted password";
    private static final Set<String> SECRET_FIELDS = Set.of("password", "current", "wanted", "token");
    private static final Set<String> ACCESS_CODES =
            Set.of("LOGIN_NEEDED", "LOGIN_WRONG", "LOGIN_ENDED", "USER_DISABLED", "ACCESS_DENIED", "TOKEN_NOT_ENOUGH");

    @TempDir
    static Path folder;

    private static TestAppliance appliance;
    private static HttpOperatorApi admin;
    private static RestDocument document;
    private static List<Caller> callers;

    /** What kind of login somebody has, as far as rules tell them apart. */
    private enum Kind {
        NOBODY,
        REFUSED,
        VIEWER,
        OPERATOR,
        ADMIN,
        ADMIN_ELSEWHERE,
        ADMIN_BY_TOKEN
    }

    private record Caller(String name, Kind kind, String authorization) {}

    @BeforeAll
    static void start() throws Exception {
        appliance = new TestAppliance(folder);
        admin = appliance.as("admin", appliance.password);
        appliance
                .sql()
                .sql("INSERT INTO clusters (id, name, created_at_millis) VALUES ('c-other', 'other', 1)")
                .update();
        String cluster = admin.clusters().stream()
                .filter(each -> each.name().equals("default"))
                .findFirst()
                .orElseThrow()
                .id();
        appliance
                .sql()
                .sql("INSERT INTO tasks (id, cluster_id, name, kind, state, content_bytes, wanted_bytes,"
                        + " verified_bytes, origin_bytes, peer_bytes, delivered_bytes, nodes, nodes_done,"
                        + " peak_origin_connections, started_at_millis, detail) VALUES"
                        + " ('k-test', ?, 'x', 'file', 'done', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,"
                        + " '{\"contents\":[],\"nodes\":[]}')")
                .param(cluster)
                .update();
        // Removed by the first who may; its cluster is known for good.
        appliance
                .context
                .getBean(NodeDirectory.class)
                .register("n-test", cluster, "test", "node", new byte[] {1}, "127.0.0.1");
        String joinToken = admin.createJoinToken(new NewJoinToken("default", "node", 1, 600))
                .view()
                .id();
        Map<String, String> parameters = Map.of(
                "/api/v1/tasks/{id}", "k-test",
                "/api/v1/tasks/{id}/nodes/{node}", "n-none",
                "/api/v1/join-tokens/{id}", joinToken,
                "/api/v1/me/tokens/{id}", "a-none",
                "/api/v1/users/{name}", "u-none",
                "/api/v1/nodes/{id}", "n-test",
                "/api/v1/nodes/{id}/contents/{content}", "sha256-" + "a".repeat(64),
                "/api/v1/clusters/{cluster}", "default",
                "/api/v1/clusters/{cluster}/tombstones/{content}", "sha256-" + "a".repeat(64));
        document = new RestDocument(appliance, TestAppliance.basic("admin", appliance.password), parameters);
        callers = callers();
    }

    private static List<Caller> callers() {
        ApiTokenCreated live = token();
        ApiTokenCreated expired = token();
        ApiTokenCreated revoked = token();
        appliance
                .sql()
                .sql("UPDATE api_tokens SET expires_at_millis = 1 WHERE id = ?")
                .param(expired.view().id())
                .update();
        admin.revokeApiToken(revoked.view().id());
        user("gone", Grant.EVERY_CLUSTER, "admin");
        String tokenOfGone;
        try (HttpOperatorApi gone = appliance.as("gone", PASSWORD)) {
            tokenOfGone = gone.createApiToken(newToken()).token();
        }
        admin.changeUser("gone", new UserChange(null, null, true));
        return List.of(
                new Caller("no login", Kind.NOBODY, ""),
                new Caller("a viewer", Kind.VIEWER, user("viewer", Grant.EVERY_CLUSTER, "viewer")),
                new Caller("an operator", Kind.OPERATOR, user("operator", Grant.EVERY_CLUSTER, "operator")),
                new Caller("an admin", Kind.ADMIN, TestAppliance.basic("admin", appliance.password)),
                new Caller("another cluster's admin", Kind.ADMIN_ELSEWHERE, user("elsewhere", "other", "admin")),
                new Caller("an admin's token", Kind.ADMIN_BY_TOKEN, "Bearer " + live.token()),
                new Caller("an expired token", Kind.REFUSED, "Bearer " + expired.token()),
                new Caller("a revoked token", Kind.REFUSED, "Bearer " + revoked.token()),
                new Caller("an unknown token", Kind.REFUSED, "Bearer darter_" + "A".repeat(43)),
                new Caller("a disabled user", Kind.REFUSED, TestAppliance.basic("gone", PASSWORD)),
                new Caller("a disabled user's token", Kind.REFUSED, "Bearer " + tokenOfGone));
    }

    @AfterAll
    static void stop() {
        admin.close();
        appliance.close();
    }

    @Test
    void everyOperationInTheDocumentHasARule() {
        assertTrue(document.operations.size() >= 32, "operations: " + document.operations.size());
        for (RestDocument.Operation operation : document.operations) {
            assertFalse(operation.rule("need").isEmpty(), operation.method() + " " + operation.path());
        }
    }

    @Test
    void everyEndpointIsInTheDocument() {
        Set<String> documented = new TreeSet<>();
        document.operations.forEach(operation -> documented.add(operation.method() + " " + operation.path()));
        Set<String> there = new TreeSet<>();
        appliance
                .context
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((mapping, handler) -> mapping.getPatternValues()
                        .forEach(pattern -> mapping.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> there.add(method + " " + pattern))));
        there.removeIf(endpoint -> endpoint.contains("/openapi") || endpoint.contains("/error"));
        assertEquals(documented, there);
    }

    @Test
    void everybodyGetsTheAnswerThatTheRuleSays() {
        List<String> wrong = new ArrayList<>();
        int calls = 0;
        for (RestDocument.Operation operation : document.operations) {
            for (Caller caller : callers) {
                HttpResponse<String> answer = document.call(operation, caller.authorization(), name -> "x");
                calls++;
                String expected = expected(operation, caller.kind());
                if (!expected.equals(got(answer))) {
                    wrong.add(operation.id() + " by " + caller.name() + ": expected " + expected + ", got "
                            + answer.statusCode() + " " + answer.body());
                }
            }
        }
        assertEquals(List.of(), wrong);
        System.out.println("security: " + document.operations.size() + " operations by " + callers.size() + " callers, "
                + calls + " answers as the rules say");
    }

    private static String got(HttpResponse<String> answer) {
        if (answer.statusCode() >= 500) {
            return "a failure";
        }
        String code = answer.statusCode() < 400 || !answer.body().startsWith("{")
                ? ""
                : TestAppliance.JSON.readTree(answer.body()).path("code").asString();
        boolean access = ACCESS_CODES.contains(code) || (code.startsWith("API_TOKEN_") && answer.statusCode() == 401);
        return access ? String.valueOf(answer.statusCode()) : "allowed";
    }

    private static String expected(RestDocument.Operation operation, Kind kind) {
        String need = operation.rule("need");
        if (kind == Kind.REFUSED || (kind == Kind.NOBODY && !need.equals("public"))) {
            return "401";
        }
        boolean allowed = switch (need) {
            case "public" -> true;
            case "authenticated" ->
                kind != Kind.ADMIN_BY_TOKEN
                        || !operation
                                .description()
                                .path(RestDocument.RULE)
                                .path("withPassword")
                                .asBoolean();
            case "viewer" -> kind != Kind.ADMIN_ELSEWHERE || reachesElsewhere(operation);
            case "operator" -> kind != Kind.VIEWER && (kind != Kind.ADMIN_ELSEWHERE || reachesElsewhere(operation));
            case "admin" ->
                kind == Kind.ADMIN
                        || kind == Kind.ADMIN_BY_TOKEN
                        || (kind == Kind.ADMIN_ELSEWHERE && reachesElsewhere(operation));
            default -> throw new AssertionError("unknown need " + need + " of " + operation.id());
        };
        return allowed ? "allowed" : "403";
    }

    private static boolean reachesElsewhere(RestDocument.Operation operation) {
        return operation.rule("in").equals("some-cluster");
    }

    @Test
    void everyAnswerThatRefusesIsDescribed() {
        for (RestDocument.Operation operation : document.operations) {
            JsonNode answers = operation.description().path("responses");
            boolean open = operation.rule("need").equals("public");
            assertEquals(open, answers.path("401").isMissingNode(), operation.id());
            String shape = answers.path("400")
                    .path("content")
                    .path("application/problem+json")
                    .path("schema")
                    .path("$ref")
                    .asString();
            assertEquals("#/components/schemas/Problem", shape, operation.id());
        }
        Set<String> fields = new TreeSet<>(
                document.schemas.path("Problem").path("properties").propertyNames());
        assertEquals(new TreeSet<>(List.of("code", "tried", "happened", "advice", "status")), fields);
        assertEquals("object", document.schemas.path("Problem").path("type").asString());
    }

    @Test
    void theDocumentItselfIsForWhoeverIsLoggedIn() {
        for (Caller caller : callers) {
            boolean refused = caller.kind() == Kind.NOBODY || caller.kind() == Kind.REFUSED;
            for (String path : List.of("/api/v1/openapi", "/api/v1/openapi.yaml")) {
                HttpResponse<String> answer = appliance.send("GET", path, "", caller.authorization());
                assertEquals(refused ? 401 : 200, answer.statusCode(), path + " by " + caller.name());
            }
        }
    }

    @Test
    void aParameterOfAnotherTypeIsTheCallersMistake() {
        String login = TestAppliance.basic("admin", appliance.password);
        for (String path : List.of("/users?limit=many", "/audit?from=yesterday", "/nodes?offset=99999999999")) {
            HttpResponse<String> answer = appliance.send("GET", "/api/v1" + path, "", login);
            assertEquals(400, answer.statusCode(), path);
            assertTrue(answer.body().contains("REQUEST_INVALID"), answer.body());
        }
    }

    @Test
    void whoMaySeeOneClusterSeesNothingOfAnother() {
        try (HttpOperatorApi elsewhere = appliance.as("elsewhere", PASSWORD)) {
            assertEquals(1, elsewhere.clusters().size());
            assertEquals("other", elsewhere.clusters().getFirst().name());
            assertEquals(0, elsewhere.tasks(TaskQuery.all()).total());
            assertEquals(0, elsewhere.overview().tasksTotal());
            assertEquals(List.of(), elsewhere.joinTokens());
            assertEquals(0, elsewhere.audit(AuditQuery.all()).total());
        }
    }

    @Test
    void plantedSecretsAppearInNoAnswerAndNoLogLine() {
        try (LogLines log = new LogLines()) {
            user("careless", Grant.EVERY_CLUSTER, "admin");
            ApiTokenCreated token = token();
            String secret = token.token().substring(ApiTokens.PREFIX.length());
            List<String> answers = new ArrayList<>();
            for (RestDocument.Operation operation : document.operations) {
                for (String login : List.of(
                        TestAppliance.basic("careless", PASSWORD),
                        "Bearer " + token.token(),
                        "Bearer " + token.token() + "x")) {
                    answers.add(document.call(operation, login, name -> SECRET_FIELDS.contains(name) ? secret : "x")
                            .body());
                }
                answers.add(appliance
                        .send(
                                operation.method(),
                                document.path(operation),
                                "{\"password\": \"" + PASSWORD + "\", " + secret,
                                "Bearer " + token.token())
                        .body());
            }
            answers.add(appliance
                    .send("GET", "/api/v1/me", "", TestAppliance.basic("careless", secret))
                    .body());
            answers.add(appliance
                    .send(
                            "PATCH",
                            "/api/v1/users/careless",
                            "{\"password\": \"" + secret + "\"}",
                            "Bearer " + token.token())
                    .body());
            answers.add(appliance
                    .send("GET", "/api/v1/audit", "", TestAppliance.basic("careless", secret))
                    .body());
            assertTrue(answers.getLast().contains("user.password"), answers.getLast());
            for (String text : answers) {
                assertFalse(text.contains(PASSWORD) || text.contains(secret), text);
            }
            LoggerFactory.getLogger(SecurityTest.class).info("the last line");
            assertTrue(log.lines.stream().anyMatch(line -> line.contains("the last line")));
            for (String line : log.lines) {
                assertFalse(line.contains(PASSWORD) || line.contains(secret), line);
            }
        }
    }

    private static String user(String name, String cluster, String role) {
        admin.createUser(new NewUser(name, PASSWORD, List.of(new Grant(cluster, role))));
        return TestAppliance.basic(name, PASSWORD);
    }

    private static ApiTokenCreated token() {
        return admin.createApiToken(newToken());
    }

    private static NewApiToken newToken() {
        return new NewApiToken("test", List.of(new Grant(Grant.EVERY_CLUSTER, "admin")), 3600);
    }
}
