package io.darter.agent.cli;

import io.darter.agent.control.AgentFacts;
import io.darter.agent.errors.DarterException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code darter doctor}: whether this node works, each check with what to do. Exit code 7 if something does not. */
@Command(
        name = "doctor",
        description =
                "Checks this node: agent, appliance, clock, certificate, disk, ports, mirror. Exit code 7 if one fails.")
final class DoctorCommand implements Callable<Integer>, Darter.Json {
    private static final int EXIT_SICK = 7;
    private static final int CONNECT_MILLIS = 2000;
    private static final int HEAD_BYTES_MAX = 64;

    @Mixin
    private LocalAgent agent = new LocalAgent();

    @Option(names = "--json", description = "the checks as JSON on stdout")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public boolean json() {
        return json;
    }

    @Override
    public Integer call() {
        List<Check> checks = checks();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(checks));
        } else {
            for (Check check : checks) {
                out.printf("%-5s %-12s %s%n", check.result(), check.check(), check.found());
                if (!check.advice().isEmpty()) {
                    out.printf("%18s %s%n", "", check.advice());
                }
            }
        }
        out.flush();
        return checks.stream().anyMatch(check -> check.result().equals(Check.FAIL)) ? EXIT_SICK : 0;
    }

    private List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        try {
            AgentFacts facts = JsonMapper.shared().readValue(agent.ask("/v1/facts"), AgentFacts.class);
            checks.add(Check.ok("agent", "version " + facts.version() + " answers at " + agent.socket()));
            checks.addAll(Check.judge(facts));
            checks.add(answers("mirror", facts.mirror(), "/v2/"));
            checks.add(answers("health", facts.health(), "/healthz"));
            if (facts.joined()) {
                checks.add(listens(facts.peer()));
            }
        } catch (DarterException e) {
            checks.add(Check.fail("agent", e.tried() + ": " + e.happened(), e.advice()));
        }
        return checks;
    }

    /** What a container runtime or a monitor does. */
    private static Check answers(String name, String place, String path) {
        String found = "http://" + place + path;
        try (Socket socket = connect(place)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + place + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String head = new String(socket.getInputStream().readNBytes(HEAD_BYTES_MAX), StandardCharsets.US_ASCII);
            if (head.startsWith("HTTP/1.1 200")) {
                return Check.ok(name, found + " answers");
            }
            return Check.fail(
                    name, found + " answers " + head.lines().findFirst().orElse("nothing"), "See the agent's log.");
        } catch (IOException | IllegalArgumentException e) {
            return Check.fail(
                    name,
                    found + " does not answer (" + e.getMessage() + ")",
                    "See the agent's log; ss -ltnp shows who has the port.");
        }
    }

    private static Check listens(String place) {
        try {
            connect(place).close();
            return Check.ok("peers", place + ", where other nodes reach this one, can be connected to");
        } catch (IOException | IllegalArgumentException e) {
            return Check.fail(
                    "peers",
                    place + " cannot be connected to (" + e.getMessage() + ")",
                    "Set peer.advertise to an address of this machine, and open peer.port in its firewall.");
        }
    }

    private static Socket connect(String place) throws IOException {
        int colon = place.lastIndexOf(':');
        Socket socket = new Socket();
        try {
            String host =
                    place.substring(0, Math.max(0, colon)).replace("[", "").replace("]", "");
            socket.setSoTimeout(CONNECT_MILLIS);
            socket.connect(new InetSocketAddress(host, Integer.parseInt(place.substring(colon + 1))), CONNECT_MILLIS);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
