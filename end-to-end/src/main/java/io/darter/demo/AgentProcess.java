package io.darter.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A running node agent, driven from outside. */
public final class AgentProcess implements AutoCloseable {
    public static final int PEER_PORT = 4000;
    public static final int MIRROR_PORT = 4001;
    public static final int HEALTH_PORT = 4003;
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);

    private final Plan plan;
    private final Child child;

    private AgentProcess(Plan plan, Child child) {
        this.plan = plan;
        this.child = child;
    }

    /**
     * How to start one.
     *
     * @param name what people call it, for example "node 3"
     * @param prefix words before the command, for example to enter a network namespace
     * @param folder for its data, configuration, socket and log
     * @param address where peers reach it
     * @param loopback where its mirror and health ports are bound
     * @param settings more keys of agent.yaml
     * @param door how its health port is reached
     */
    public record Plan(
            String name,
            String classPath,
            List<String> prefix,
            Path folder,
            String address,
            String loopback,
            String joinToken,
            Map<String, ?> settings,
            HttpDoor door) {}

    /** Starts the process and returns at once; {@link #awaitReady} waits. */
    public static AgentProcess start(Plan plan) throws IOException {
        var config = configure(plan);
        // A small heap and the fast compiler: many agents share one machine here
        var flags = List.of("-Xmx160m", "-XX:MaxDirectMemorySize=128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        return start(
                plan,
                JavaCommand.of(plan.prefix(), flags, "io.darter.agent.Agent", "--config", config.toString()),
                JavaCommand.environment(plan.classPath()));
    }

    /**
     * The same with a program as it is installed; the plan's class path is of no use then.
     *
     * @param launcher the installed {@code bin/darter-agent}
     */
    public static AgentProcess startInstalled(Plan plan, Path launcher, Map<String, String> environment)
            throws IOException {
        var command = new ArrayList<>(plan.prefix());
        command.addAll(List.of(launcher.toString(), "--config", configure(plan).toString()));
        return start(plan, command, environment);
    }

    private static AgentProcess start(Plan plan, List<String> command, Map<String, String> environment)
            throws IOException {
        return new AgentProcess(
                plan,
                Child.start(plan.name(), command, environment, plan.folder().resolve("agent.log")));
    }

    /** Writes the agent's configuration without starting it; answers the file. */
    public static Path configure(Plan plan) throws IOException {
        Files.createDirectories(plan.folder());
        var token = plan.folder().resolve("join-token");
        Yaml.writePrivately(token, plan.joinToken());
        return new Yaml()
                .with("joinTokenFile", token.toString())
                .with("dataDir", plan.folder().resolve("data").toString())
                .with("socket", plan.folder().resolve("agent.sock").toString())
                .with("peer.bind", plan.address())
                .with("peer.port", PEER_PORT)
                .with("peer.advertise", plan.address())
                .with("mirror.bind", plan.loopback())
                .with("mirror.port", MIRROR_PORT)
                .with("health.bind", plan.loopback())
                .with("health.port", HEALTH_PORT)
                .with("exitWithParent", true)
                .with("selfCheck", false) // it lives for one transfer
                .withAll(plan.settings())
                .write(plan.folder().resolve("agent.yaml"));
    }

    /** Waits until it is linked to the scheduler. */
    public void awaitReady() throws DemoFailure, InterruptedException {
        Await.until(
                child,
                START_PATIENCE,
                "Starting " + plan.name(),
                () -> plan.door().ok("http://" + plan.loopback() + ":" + HEALTH_PORT + "/readyz"));
    }

    public String name() {
        return plan.name();
    }

    public Plan plan() {
        return plan;
    }

    public Path folder() {
        return plan.folder();
    }

    public Path socket() {
        return plan.folder().resolve("agent.sock");
    }

    public String mirrorUrl() {
        return "http://" + plan.loopback() + ":" + MIRROR_PORT;
    }

    /** Where {@code /metrics} is. */
    public String healthUrl() {
        return "http://" + plan.loopback() + ":" + HEALTH_PORT;
    }

    public Child child() {
        return child;
    }

    @Override
    public void close() {
        child.close();
    }
}
