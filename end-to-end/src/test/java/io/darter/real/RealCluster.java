package io.darter.real;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.DemoFailure;
import io.darter.demo.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An appliance and agents, each in a network namespace that the test chose. */
final class RealCluster implements AutoCloseable {
    private final Path folder;
    private final ApplianceProcess appliance;
    private final Running running = new Running();

    private RealCluster(Path folder, ApplianceProcess appliance) {
        this.folder = folder;
        this.appliance = running.keep(appliance);
    }

    static RealCluster start(Path folder, Netns.Host host) throws DemoFailure, IOException, InterruptedException {
        var cluster = new RealCluster(
                folder,
                ApplianceProcess.start(new ApplianceProcess.Plan(
                        ClassPaths.server(),
                        host.prefix(),
                        folder.resolve("appliance"),
                        host.address(),
                        Map.of("httpsPort", 8443, "httpPort", 8080, "agentPort", 8444),
                        host.door())));
        try {
            cluster.appliance.awaitReady();
            return cluster;
        } catch (DemoFailure e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Starts an agent and waits until it is linked.
     *
     * @param role {@code node} or {@code seed}
     * @param plainRegistry host and port of a registry that speaks plain HTTP
     */
    AgentProcess agent(String name, String role, Netns.Host host, String plainRegistry, Map<String, ?> settings)
            throws DemoFailure, IOException, InterruptedException {
        var agent = start(name, host, appliance.createJoinToken(role, 1), plainRegistry, settings);
        agent.awaitReady();
        return agent;
    }

    /** Starts an agent and does not wait. */
    AgentProcess start(String name, Netns.Host host, String token, String plainRegistry, Map<String, ?> settings)
            throws IOException {
        var all = new HashMap<String, Object>(settings);
        if (!plainRegistry.isEmpty()) {
            all.put("registries", List.of(Map.of("host", plainRegistry, "plainHttp", true)));
        }
        return running.keep(AgentProcess.start(new AgentProcess.Plan(
                name,
                ClassPaths.agent(),
                host.prefix(),
                folder.resolve(name),
                host.address(),
                "127.0.0.1",
                token,
                all,
                host.door())));
    }

    ApplianceProcess appliance() {
        return appliance;
    }

    @Override
    public void close() {
        running.close();
    }
}
