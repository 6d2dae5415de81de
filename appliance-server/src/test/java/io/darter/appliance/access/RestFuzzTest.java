package io.darter.appliance.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.TestAppliance;
import io.darter.appliance.access.RawHttp.Answer;
import io.darter.appliance.access.RawHttp.Request;
import io.darter.operator.HttpOperatorApi;
import io.darter.operator.NewJoinToken;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever an administrator sends: no 5xx, no stack trace, nothing in the log at ERROR, and problem+json where it is
 * refused. {@code -Ddarter.fuzz.seed} and {@code -Ddarter.fuzz.requests} choose other and more requests.
 */
class RestFuzzTest {
    private static final Pattern INSIDES = Pattern.compile(
            "Exception|\\tat |\\bat [a-z]+\\.|\\b(org|java|jakarta|tools|io\\.darter)\\.[a-z]|Tomcat/|Apache Tomcat");
    private static final int REQUESTS = 2_000;
    private static final int SHOWN = 40;

    @TempDir
    static Path folder;

    private static TestAppliance appliance;
    private static String login;
    private static RestDocument document;
    private static RawHttp http;

    @BeforeAll
    static void start() throws Exception {
        appliance = new TestAppliance(folder);
        login = TestAppliance.basic("admin", appliance.password);
        http = new RawHttp(appliance.port());
        String joinToken;
        try (HttpOperatorApi admin = appliance.as("admin", appliance.password)) {
            joinToken = admin.createJoinToken(new NewJoinToken("default", "node", 1, 600))
                    .view()
                    .id();
        }
        document = new RestDocument(
                appliance,
                login,
                Map.of(
                        "/api/v1/tasks/{id}", "k-none",
                        "/api/v1/tasks/{id}/nodes/{node}", "n-none",
                        "/api/v1/join-tokens/{id}", joinToken,
                        "/api/v1/me/tokens/{id}", "a-none",
                        "/api/v1/users/{name}", "fuzzed",
                        "/api/v1/nodes/{id}", "n-none",
                        "/api/v1/nodes/{id}/contents/{content}", "sha256-" + "a".repeat(64),
                        "/api/v1/clusters/{cluster}", "default",
                        "/api/v1/clusters/{cluster}/tombstones/{content}", "sha256-" + "a".repeat(64)));
    }

    @AfterAll
    static void stop() {
        appliance.close();
    }

    @Test
    void whateverIsSentIsAnsweredInWords() {
        long seed = Long.getLong("darter.fuzz.seed", 20260101);
        int requests = Integer.getInteger("darter.fuzz.requests", REQUESTS);
        System.out.println("rest fuzz: -Ddarter.fuzz.seed=" + seed + " -Ddarter.fuzz.requests=" + requests);
        Random random = new Random(seed);
        RestMutations mutations = new RestMutations(
                document,
                Map.of(
                        "cluster",
                        "default",
                        "role",
                        "node",
                        "current",
                        appliance.password,
                        "name",
                        "fuzzed",
                        "password",
                        "a fuzzed password"),
                login,
                random);
        List<Request> all = new ArrayList<>(mutations.everyValueEverywhere());
        Collections.shuffle(all, random);
        all.subList(Math.min(all.size(), requests / 2), all.size()).clear();
        while (all.size() < requests) {
            all.add(mutations.next());
        }
        List<String> wrong = new ArrayList<>();
        Map<Integer, Integer> statuses = new TreeMap<>();
        try (LogLines log = new LogLines()) {
            for (Request request : all) {
                Answer answer = http.send(request);
                statuses.merge(answer.status(), 1, Integer::sum);
                String what = wrong(request, answer);
                List<String> errors = log.lines.stream()
                        .filter(line -> line.startsWith("ERROR"))
                        .toList();
                log.lines.clear();
                if (!what.isEmpty() || !errors.isEmpty()) {
                    wrong.add(what + errors.stream().map(RestFuzzTest::cut).toList() + " on " + request);
                }
            }
        }
        System.out.println("rest fuzz: " + all.size() + " requests, by status: " + statuses);
        wrong.stream().limit(SHOWN).forEach(System.out::println);
        assertEquals(0, wrong.size(), "requests with a wrong answer; the first are on standard output");
        assertEquals(200, appliance.send("GET", "/api/v1/overview", "", login).statusCode(), "it goes on");
        assertTrue(
                statuses.getOrDefault(200, 0) > 0 && statuses.getOrDefault(401, 0) < all.size() / 10,
                statuses.toString());
    }

    /** What fuzzing found, each as it was answered with a failure, an odd shape or success before. */
    @Test
    void whatWasFoundStaysMended() {
        String json = "application/json";
        found(
                "a join token without a role",
                400,
                "REQUEST_INVALID",
                post("/join-tokens", json, "{\"uses\":1,\"validSeconds\":600}"));
        found("a type that is none", 415, "REQUEST_INVALID", post("/join-tokens", "*/*", "{}"));
        found("parts without a boundary", 400, "REQUEST_INVALID", post("/users", "multipart/form-data", "x"));
        found("a broken escape", 400, "REQUEST_INVALID", get("/tasks?state=%zz"));
        found("a parameter without a name", 400, "REQUEST_INVALID", get("/nodes?=0"));
        found("bytes that are no UTF-8", 400, "REQUEST_INVALID", get("/users?text=%ff%fe"));
        found("a path that means two things", 400, "REQUEST_REJECTED", get("/tasks/..;/users"));
        Request odd = get("/users");
        found("no method", 400, "REQUEST_REJECTED", new Request("FOO", odd.target(), odd.headers(), "", false));
        String number = "{\"current\":\"" + appliance.password + "\",\"wanted\":12345678901234567890}";
        Request password = post("/me/password", json, number);
        found(
                "a number as password",
                400,
                "REQUEST_INVALID",
                new Request("PUT", password.target(), password.headers(), password.body(), false));
        try (LogLines log = new LogLines()) {
            Request trace = get("/users?%zz=1");
            int status = http.send(new Request("TRACE", trace.target(), trace.headers(), "", false))
                    .status();
            assertTrue(status >= 400 && status < 500, "TRACE: " + status);
            assertTrue(log.lines.stream().noneMatch(line -> line.startsWith("ERROR")), "TRACE: " + log.lines);
        }
        assertEquals(200, appliance.send("GET", "/api/v1/me", "", login).statusCode(), "the password is what it was");
    }

    @Test
    void bodiesAreBounded() {
        String fits = "{\"name\":\"" + "x".repeat(BodyLimit.BYTES_MAX - 11) + "\"}";
        assertEquals(BodyLimit.BYTES_MAX, fits.length());
        found("the longest", 400, "REQUEST_INVALID", post("/users", "application/json", fits));
        found("one byte more", 413, "BODY_TOO_LARGE", post("/users", "application/json", fits + " "));
        String chunk = Integer.toHexString(fits.length() + 1) + "\r\n" + fits.replace("}", " }") + "\r\n0\r\n\r\n";
        found(
                "of a length not told",
                413,
                "BODY_TOO_LARGE",
                post("/users", "application/json", chunk).with("Transfer-Encoding", "chunked"));
    }

    private static void found(String name, int status, String code, Request request) {
        try (LogLines log = new LogLines()) {
            Answer answer = http.send(request);
            assertEquals(status, answer.status(), name + ": " + answer);
            assertTrue(answer.isProblem() && answer.body().contains('"' + code + '"'), name + ": " + answer);
            assertTrue(log.lines.stream().noneMatch(line -> line.startsWith("ERROR")), name + ": " + log.lines);
        }
    }

    private static Request get(String path) {
        return new Request("GET", "/api/v1" + path, Map.of("Authorization", login), "", false);
    }

    private static Request post(String path, String type, String body) {
        return new Request("POST", "/api/v1" + path, Map.of("Authorization", login, "Content-Type", type), body, false);
    }

    /** @return empty if nothing is */
    private static String wrong(Request request, Answer answer) {
        if (ofTheServerItself(answer) && !INSIDES.matcher(answer.body()).find()) {
            return "";
        }
        if (answer.status() >= 500 || answer.status() < 200) {
            return "status " + answer.status() + " " + cut(answer.body());
        }
        if (answer.status() < 400) {
            return "";
        }
        if (INSIDES.matcher(answer.body()).find()) {
            return "insides " + answer.status() + " " + cut(answer.body());
        }
        boolean empty = answer.body().isEmpty() || request.method().equals("HEAD");
        return empty || answer.isProblem()
                ? ""
                : "no problem+json " + answer.status() + " " + cut(answer.head() + answer.body());
    }

    /** What is no HTTP does not reach the appliance; Tomcat's page for it has nothing but the status. */
    private static boolean ofTheServerItself(Answer answer) {
        return answer.status() != 500
                && answer.body().contains("<title>HTTP Status " + answer.status())
                && !answer.head().contains("X-Content-Type-Options");
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), 700));
    }
}
