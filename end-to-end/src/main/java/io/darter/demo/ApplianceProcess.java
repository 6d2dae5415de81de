package io.darter.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running appliance with the embedded database and Redis, driven from outside as an operator would. */
public final class ApplianceProcess implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private final Child child;
    private final Path dataDir;
    private final HttpDoor door;
    private final String host;

    private ApplianceProcess(Child child, Path dataDir, HttpDoor door, String host) {
        this.child = child;
        this.dataDir = dataDir;
        this.door = door;
        this.host = host;
    }

    /**
     * How to start one.
     *
     * @param prefix words before the command, for example to enter a network namespace
     * @param folder for its data, configuration and log
     * @param host where its console and agents' port are reached
     * @param settings more keys of server.yaml, ports included
     * @param door how its REST port on loopback is reached
     */
    public record Plan(
            String classPath, List<String> prefix, Path folder, String host, Map<String, ?> settings, HttpDoor door) {}

    /** Starts the process and returns at once; {@link #awaitReady} waits. */
    public static ApplianceProcess start(Plan plan) throws IOException {
        Files.createDirectories(plan.folder());
        var dataDir = plan.folder().resolve("data");
        var config = new Yaml()
                .with("dataDir", dataDir.toString())
                .with("bind", plan.host())
                .with("advertise", List.of(plan.host()))
                .with("exitWithParent", true)
                .withAll(plan.settings())
                .write(plan.folder().resolve("server.yaml"));
        var flags = List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");
        var child = Child.start(
                "the appliance",
                JavaCommand.of(plan.prefix(), flags, "io.darter.appliance.Application", "--config", config.toString()),
                JavaCommand.environment(plan.classPath()),
                plan.folder().resolve("appliance.log"));
        return new ApplianceProcess(child, dataDir, plan.door(), plan.host());
    }

    /** Waits until it says that it is ready. */
    public void awaitReady() throws DemoFailure, InterruptedException {
        Await.until(
                child,
                START_PATIENCE,
                "Starting the appliance",
                () -> Files.exists(dataDir.resolve("ports.json")) && door.ok(loopbackUrl() + "/healthy"));
    }

    /** @param role {@code node} or {@code seed} */
    public String createJoinToken(String role, int uses) throws DemoFailure, InterruptedException {
        return createJoinToken(role, uses, 3600);
    }

    /** @param validSeconds at least 60 */
    public String createJoinToken(String role, int uses, long validSeconds) throws DemoFailure, InterruptedException {
        var wish = JSON.writeValueAsString(
                Map.of("cluster", "", "role", role, "uses", uses, "validSeconds", validSeconds));
        return call("POST", "/join-tokens", wish).path("token").asString();
    }

    /** The node's view or list that a path under /api/v1 answers. */
    public JsonNode get(String path) throws DemoFailure, InterruptedException {
        return call("GET", path, null);
    }

    /** Any operation of REST, as its administrator; an empty object where nothing is answered. */
    public JsonNode call(String method, String path, @Nullable String json) throws DemoFailure, InterruptedException {
        var tried = "Asking the appliance (" + method + " /api/v1" + path + ")";
        try {
            var login = new HttpDoor.Login(
                    "admin", Files.readString(adminPasswordFile()).strip());
            var answer = door.send(method, loopbackUrl() + "/api/v1" + path, login, json);
            if (answer.status() / 100 != 2) {
                throw new DemoFailure(
                        DemoFailure.INTERNAL,
                        "APPLIANCE_REFUSED",
                        tried,
                        "it answered " + answer.status() + " " + answer.body(),
                        "Its last words were\n" + child.lastLines(8) + "\n ");
            }
            return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
        } catch (IOException e) {
            throw new DemoFailure(
                    DemoFailure.INTERNAL,
                    "APPLIANCE_UNREACHABLE",
                    tried,
                    "no answer came (" + e + ")",
                    "Its last words were\n" + child.lastLines(8) + "\n ",
                    e);
        }
    }

    public Path adminPasswordFile() {
        return dataDir.resolve("initial-admin-password");
    }

    /** Only after it was ready. */
    public String consoleUrl() {
        return "https://" + host + ":" + port("https") + "/";
    }

    private String loopbackUrl() {
        return "http://127.0.0.1:" + port("http");
    }

    private int port(String name) {
        try {
            return JSON.readTree(Files.readString(dataDir.resolve("ports.json")))
                    .path(name)
                    .asInt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Child child() {
        return child;
    }

    @Override
    public void close() {
        child.close();
    }
}
