package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.Child;
import io.darter.demo.DemoFailure;
import io.darter.demo.HttpDoor;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * How small and how quick one installed agent is: memory while 50 children take 50 contents from it and it fetches 10 others,
 * memory when all that is over and the children are still connected, the time of its start, and of getting one byte.
 */
public final class FootprintBench {
    private static final int CHILDREN = 50;
    private static final int CONTENTS = 10;
    private static final int SERVED_MIB = 16;
    private static final int FETCHED_MIB = 64;

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final int rounds;
    private final int idleSeconds;
    private final Workbench bench;
    private final Path files;
    private final List<AgentProcess.Plan> children = new ArrayList<>();

    private FootprintBench(PrintStream out, LongSupplier nanoTime, int rounds, int idleSeconds, Workbench bench)
            throws IOException, InterruptedException {
        this.out = out;
        this.nanoTime = nanoTime;
        this.rounds = rounds;
        this.idleSeconds = idleSeconds;
        this.bench = bench;
        this.files = Files.createDirectory(bench.folder().resolve("files"));
        bench.keep(Nginx.start(bench.folder().resolve("nginx"), files));
    }

    public static void main(String[] words) throws Exception {
        var arguments = Arguments.parse(words, Map.of("rounds", 20, "idle-seconds", 60));
        try (var bench = new Workbench(Path.of("/dev/shm"))) {
            var footprint = new FootprintBench(
                    System.out, System::nanoTime, arguments.number("rounds"), arguments.number("idle-seconds"), bench);
            System.exit(footprint.run(arguments.json()));
        }
    }

    private int run(boolean json) throws DemoFailure, IOException, InterruptedException {
        var appliance = bench.appliance();
        var settings = Map.of("quota", "8GiB");
        var agent = bench.agent(appliance, "seed", 1, Nginx.PLAIN, settings);
        var crowd = startChildren(appliance);
        var busy = load(agent);
        var connected = connectedTo(agent);
        Thread.sleep(idleSeconds * 1000L);
        var idle = residentMB(agent);
        var inside = insideMillis(agent);
        var process = processMillis(agent);
        crowd.close();
        var ready = readySeconds(agent);
        out.printf(
                "RSS %.0f MB while busy (%d children, %d contents), %.0f MB idle after %d s with %d peers connected%n",
                busy, CHILDREN, CONTENTS, idle, idleSeconds, connected);
        out.printf(
                "Start to ready %.2f s; get of 1 byte %.0f ms inside, %.0f ms as a process%n", ready, inside, process);
        if (json) {
            var result = new LinkedHashMap<String, Object>();
            result.put("idleRssMB", Figures.rounded(idle));
            result.put("busyRssMB", Figures.rounded(busy));
            result.put("readySeconds", Figures.rounded(ready));
            result.put("getInsideMs", Figures.rounded(inside));
            result.put("getProcessMs", Figures.rounded(process));
            result.put("peersConnected", connected);
            result.put("rounds", rounds);
            out.println(JsonMapper.shared().writeValueAsString(result));
        }
        return connected >= CHILDREN ? 0 : 1;
    }

    private Child startChildren(ApplianceProcess appliance) throws DemoFailure, IOException, InterruptedException {
        var token = appliance.createJoinToken("node", CHILDREN);
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("darter.agent.classpath") + ":" + System.getProperty("java.class.path"),
                ManyAgents.class.getName()));
        for (var i = 1; i <= CHILDREN; i++) {
            var address = "127.0.3." + i;
            var plan = new AgentProcess.Plan(
                    "child " + i,
                    "",
                    List.of(),
                    bench.folder().resolve("child-" + i),
                    address,
                    address,
                    token,
                    Map.of("quota", "64MiB", "registries", List.of(Map.of("host", Nginx.PLAIN, "plainHttp", true))),
                    HttpDoor.direct());
            children.add(plan);
            command.add(AgentProcess.configure(plan).toString());
        }
        System.err.println("Starting " + CHILDREN + " children");
        var crowd = bench.keep(
                Child.start("children", command, Map.of(), bench.folder().resolve("children.log")));
        for (var child : children) {
            await("http://" + child.loopback() + ":" + AgentProcess.HEALTH_PORT + "/readyz", crowd);
        }
        return crowd;
    }

    private static void await(String url, Child child) throws IOException, InterruptedException {
        for (var left = 1200; !HttpDoor.direct().ok(url); left--) {
            if (left == 0 || !child.alive()) {
                throw new IOException(child.name() + " did not become ready:\n" + child.lastLines(20));
            }
            Thread.sleep(100);
        }
    }

    /** The agent holds a content for each child; then all take theirs while it fetches more. The most it needed, in MB. */
    private double load(AgentProcess agent) throws IOException, InterruptedException {
        for (var i = 1; i <= CHILDREN; i++) {
            random("served-" + i, SERVED_MIB << 20);
            Command.run(curl(agent.socket(), "served-" + i));
        }
        var script = new StringBuilder("set -e; pids=''; ");
        for (var i = 1; i <= CONTENTS; i++) {
            random("fetched-" + i, FETCHED_MIB << 20);
            script.append(curl(agent.socket(), "fetched-" + i)).append(" & pids=\"$pids $!\"; ");
        }
        for (var i = 0; i < CHILDREN; i++) {
            var socket = children.get(i).folder().resolve("agent.sock");
            script.append(curl(socket, "served-" + (i + 1))).append(" & pids=\"$pids $!\"; ");
        }
        script.append("for pid in $pids; do wait $pid; done");
        System.err.println("All children take their contents, and the agent fetches " + CONTENTS + " more");
        var most = new double[1];
        var watcher = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    most[0] = Math.max(most[0], residentMB(agent));
                    Thread.sleep(100);
                }
            } catch (IOException | InterruptedException _) {
                // The load is over
            }
        });
        var cost = Command.run("bash -c '" + script + "'");
        watcher.interrupt();
        watcher.join();
        System.err.printf("That took %.1f s%n", cost.seconds());
        return most[0];
    }

    private void random(String name, int bytes) throws IOException, InterruptedException {
        Command.run("head -c " + bytes + " /dev/urandom > " + files.resolve(name));
    }

    private static String curl(Path socket, String name) {
        var url = URLEncoder.encode("http://" + Nginx.PLAIN + "/" + name, StandardCharsets.UTF_8);
        return "curl -sSf -o /dev/null --unix-socket " + socket + " \"http://agent/v1/get?url=" + url + "\"";
    }

    /** Connections of other nodes to its peer port. */
    private static int connectedTo(AgentProcess agent) throws IOException, InterruptedException {
        var address = agent.healthUrl().replaceAll("http://|:.*", "");
        return Integer.parseInt(
                Command.run("ss -Htn state established src " + address + ":" + AgentProcess.PEER_PORT + " | wc -l")
                        .output());
    }

    private static double residentMB(AgentProcess agent) throws IOException {
        var rollup =
                Files.readString(Path.of("/proc", Long.toString(agent.child().pid()), "smaps_rollup"));
        var line =
                rollup.lines().filter(one -> one.startsWith("Rss:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
    }

    /** From the request on the agent's socket to the last byte; a content that the cluster has never seen, each time. */
    private double insideMillis(AgentProcess agent) throws IOException, InterruptedException {
        var times = new ArrayList<Double>();
        for (var i = 0; i < rounds; i++) {
            Files.writeString(files.resolve("inside-" + i), "x");
            var line = curl(agent.socket(), "inside-" + i).replace("-o /dev/null", "-o /dev/null -w %{time_total}");
            times.add(Double.parseDouble(Command.run(line).output()) * 1000);
        }
        return Figures.median(times);
    }

    private double processMillis(AgentProcess agent) throws IOException, InterruptedException {
        var times = new ArrayList<Double>();
        var target = bench.folder().resolve("one-byte");
        for (var i = 0; i < rounds; i++) {
            Files.writeString(files.resolve("process-" + i), "x");
            var line = Workbench.cli() + " get http://" + Nginx.PLAIN + "/process-" + i + " -o " + target + " --socket "
                    + agent.socket();
            times.add(Command.run(line).seconds() * 1000);
            Files.delete(target);
        }
        return Figures.median(times);
    }

    /** Of an agent that has been here before: from its start to the first good answer of readyz. */
    private double readySeconds(AgentProcess agent) throws IOException, InterruptedException {
        var times = new ArrayList<Double>();
        var present = agent;
        var door = HttpDoor.direct(); // one: making another for each look would take the processor from the agent
        for (var i = 0; i < Math.min(rounds, 5); i++) {
            present.close();
            var start = nanoTime.getAsLong();
            present = bench.keep(Workbench.again(present));
            while (!door.ok(present.healthUrl() + "/readyz")) {
                if (!present.child().alive() || nanoTime.getAsLong() - start > 60_000_000_000L) {
                    throw new IOException("The agent did not become ready:\n"
                            + present.child().lastLines(20));
                }
                Thread.sleep(5);
            }
            times.add((nanoTime.getAsLong() - start) / 1e9);
        }
        return Figures.median(times);
    }
}
