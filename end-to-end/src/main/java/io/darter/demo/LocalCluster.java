package io.darter.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** An appliance, one seed and some nodes as processes on this machine; node i is at 127.0.1.i, the seed at 127.0.1.250. */
final class LocalCluster implements AutoCloseable {
    private static final String APPLIANCE_HOST = "127.0.0.1";
    private static final int SEED_NUMBER = 250;

    private final Plan plan;
    private final HttpDoor door = HttpDoor.direct();
    private final List<Child> children = new CopyOnWriteArrayList<>();
    private final List<AgentProcess> nodes = new ArrayList<>();
    private final List<AgentProcess> agents = new ArrayList<>();
    private final ApplianceProcess appliance;

    /** @param usualPorts the appliance on 8443, 8080 and 8444 instead of free ports */
    record Plan(Path folder, String serverClassPath, String agentClassPath, int nodes, boolean usualPorts) {}

    private LocalCluster(Plan plan, ApplianceProcess appliance) {
        this.plan = plan;
        this.appliance = appliance;
        children.add(appliance.child());
    }

    /** Starts the appliance; {@link #awaitReady} starts the rest, so that a caller can already close what it has. */
    static LocalCluster start(Plan plan) throws DemoFailure, IOException {
        for (var number = 1; number <= plan.nodes(); number++) {
            requireFreePorts("node " + number, number);
        }
        requireFreePorts("the seed", SEED_NUMBER);
        var ports = plan.usualPorts()
                ? Map.of("httpsPort", 8443, "httpPort", 8080, "agentPort", 8444)
                : Map.of("httpsPort", 0, "httpPort", 0, "agentPort", 0);
        for (int port : ports.values()) {
            requireFree("the appliance", APPLIANCE_HOST, port);
        }
        return new LocalCluster(
                plan,
                ApplianceProcess.start(new ApplianceProcess.Plan(
                        plan.serverClassPath(),
                        List.of(),
                        plan.folder().resolve("appliance"),
                        APPLIANCE_HOST,
                        ports,
                        HttpDoor.direct())));
    }

    void awaitReady(Progress progress) throws DemoFailure, IOException, InterruptedException {
        appliance.awaitReady();
        progress.say("The appliance is up: " + appliance.consoleUrl());
        var seed = agent("the seed", SEED_NUMBER, appliance.createJoinToken("seed", 1));
        var token = appliance.createJoinToken("node", plan.nodes());
        for (var number = 1; number <= plan.nodes(); number++) {
            nodes.add(agent("node " + number, number, token));
        }
        seed.awaitReady();
        for (var node : nodes) {
            node.awaitReady();
        }
        progress.say("One seed and " + Sizes.nodes(plan.nodes()) + " are linked to it");
    }

    private AgentProcess agent(String name, int number, String token) throws IOException {
        var address = "127.0.1." + number;
        var agent = AgentProcess.start(new AgentProcess.Plan(
                name,
                plan.agentClassPath(),
                List.of(),
                plan.folder().resolve(number == SEED_NUMBER ? "seed" : "node-" + number),
                address,
                address,
                token,
                Map.of(),
                door));
        children.add(agent.child());
        agents.add(agent);
        return agent;
    }

    ApplianceProcess appliance() {
        return appliance;
    }

    /** Without the seed. */
    List<AgentProcess> nodes() {
        return List.copyOf(nodes);
    }

    /** The nodes and the seed. */
    List<AgentProcess> agents() {
        return List.copyOf(agents);
    }

    /** Waits for as long as all processes live; the name of the first that ended. */
    String awaitEndOfOne() throws InterruptedException {
        while (true) {
            for (var child : children) {
                if (!child.alive()) {
                    return child.name();
                }
            }
            Thread.sleep(500);
        }
    }

    private static void requireFreePorts(String who, int number) throws DemoFailure {
        for (var port : List.of(AgentProcess.PEER_PORT, AgentProcess.MIRROR_PORT, AgentProcess.HEALTH_PORT)) {
            requireFree(who, "127.0.1." + number, port);
        }
    }

    private static void requireFree(String who, String host, int port) throws DemoFailure {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        } catch (IOException e) {
            throw new DemoFailure(
                    DemoFailure.INTERNAL,
                    "PORT_IN_USE",
                    "Reserving " + host + ":" + port + " for " + who,
                    "it cannot be bound (" + e.getMessage() + ")",
                    "Find out who has it with: ss -ltnp 'sport = :" + port + "', end that (another demo?), then start"
                            + " again",
                    e);
        }
    }

    @Override
    public void close() {
        Child.stopAll(children);
    }
}
