package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.DemoFailure;
import io.darter.demo.HttpDoor;
import io.darter.demo.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a measurement has on this machine: a folder, an appliance, agents as they are installed (agent i at 127.0.2.i), and
 * whatever else it keeps here. Closing ends all of it, the last first.
 */
final class Workbench implements AutoCloseable {
    private static final String APPLIANCE_HOST = "127.0.0.1";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final WorkFolder folder;

    /** @param base where the folder is made; {@code /dev/shm} keeps disks out of the figures */
    Workbench(Path base) throws IOException {
        folder = WorkFolder.create(base);
        parts.push(folder);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "cleanup"));
    }

    Path folder() {
        return folder.path();
    }

    /** The folder with the programs as they are installed, made by {@code ./dev build}. */
    static Path images() {
        return Path.of(System.getProperty("darter.images"));
    }

    static Path cli() {
        return images().resolve("darter-agent/bin/darter");
    }

    <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    ApplianceProcess appliance() throws DemoFailure, IOException, InterruptedException {
        var appliance = keep(ApplianceProcess.start(new ApplianceProcess.Plan(
                System.getProperty("darter.server.classpath"),
                List.of(),
                folder().resolve("appliance"),
                APPLIANCE_HOST,
                Map.of("httpsPort", 0, "httpPort", 0, "agentPort", 0),
                HttpDoor.direct())));
        appliance.awaitReady();
        return appliance;
    }

    /**
     * A running agent that is linked to the appliance.
     *
     * @param role {@code node} or {@code seed}
     * @param number of its address
     * @param plainRegistry host and port of an origin that speaks plain HTTP
     * @param settings more keys of agent.yaml
     */
    AgentProcess agent(
            ApplianceProcess appliance, String role, int number, String plainRegistry, Map<String, ?> settings)
            throws DemoFailure, IOException, InterruptedException {
        var all = new HashMap<String, Object>(settings);
        all.put("registries", List.of(Map.of("host", plainRegistry, "plainHttp", true)));
        var address = "127.0.2." + number;
        var plan = new AgentProcess.Plan(
                role + " " + number,
                "",
                List.of(),
                folder().resolve(role + "-" + number),
                address,
                address,
                appliance.createJoinToken(role, 1),
                all,
                HttpDoor.direct());
        var agent = keep(start(plan));
        agent.awaitReady();
        return agent;
    }

    /** One that has ended, with all that it knew. */
    static AgentProcess again(AgentProcess ended) throws IOException {
        return start(ended.plan());
    }

    private static AgentProcess start(AgentProcess.Plan plan) throws IOException {
        return AgentProcess.startInstalled(
                plan, images().resolve("darter-agent/bin/darter-agent"), Map.of("JAVA_OPTS", agentOptions()));
    }

    /** For a person who profiles. */
    private static String agentOptions() {
        return System.getenv().getOrDefault("AGENT_JAVA_OPTS", "");
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        for (var part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                System.err.println("While cleaning up: " + e);
            }
        }
    }
}
