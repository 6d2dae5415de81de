package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.DemoFailure;
import io.darter.demo.HttpDoor;
import io.darter.demo.Running;
import io.darter.demo.Sha256;
import io.darter.demo.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An appliance, an honest seed, three honest nodes, a node and a seed that lie, and an origin of files. */
final class CorruptionWorld implements AutoCloseable {
    private static final int CONTENT_BYTES = 8 << 20;
    private static final String ADDRESS = "127.0.7.";
    private static final long GET_SECONDS = 120;
    /** The liar is in the same zone as this node, so that it is asked before those who do not lie. */
    private static final int CHILD = 2;

    private final WorkFolder work;
    private final Running running = new Running();
    private final SplittableRandom random;
    private final HttpDoor door = HttpDoor.direct();
    private final String agentClassPath;
    final FileOrigin origin;
    final List<AgentProcess> nodes = new ArrayList<>();
    private final AgentProcess honestSeed;
    final Liar parent;
    final Liar fetcher;
    private final ApplianceProcess appliance;
    private int contents;

    /** A file at the origin. */
    record Content(Path file, String url, String sha256) {}

    /** What came of a {@code darter get}. */
    record Got(int exit, boolean right, long endMillis, String words) {}

    CorruptionWorld(CorruptionBench.Programs programs, long seed)
            throws IOException, DemoFailure, InterruptedException {
        this.agentClassPath = programs.agentClassPath();
        this.random = new SplittableRandom(seed);
        work = WorkFolder.create(Path.of(System.getProperty("java.io.tmpdir")));
        boolean good = false;
        try {
            Path files = Files.createDirectories(work.path().resolve("origin"));
            origin = running.keep(FileOrigin.start(files));
            appliance = running.keep(ApplianceProcess.start(new ApplianceProcess.Plan(
                    programs.serverClassPath(),
                    List.of(),
                    work.path().resolve("appliance"),
                    "127.0.0.1",
                    Map.of("httpsPort", 0, "httpPort", 0, "agentPort", 0),
                    door)));
            appliance.awaitReady();
            String tests = programs.agentTests() + ":" + agentClassPath;
            String seedToken = appliance.createJoinToken("seed", 2);
            String nodeToken = appliance.createJoinToken("node", 4);
            honestSeed = agent("seed", 250, seedToken);
            for (int number = 1; number <= 3; number++) {
                nodes.add(agent("node " + number, number, nodeToken));
            }
            parent = running.keep(Liar.start(tests, work.path().resolve("liar"), ADDRESS + 66, nodeToken));
            fetcher = running.keep(Liar.start(tests, work.path().resolve("lying-seed"), ADDRESS + 67, seedToken));
            honestSeed.awaitReady();
            for (AgentProcess node : nodes) {
                node.awaitReady();
            }
            parent.awaitReady();
            fetcher.awaitReady();
            good = true;
        } finally {
            if (!good) {
                close();
            }
        }
    }

    private AgentProcess agent(String name, int number, String token) throws IOException {
        String address = ADDRESS + number;
        return running.keep(AgentProcess.start(new AgentProcess.Plan(
                name,
                agentClassPath,
                List.of(),
                work.path().resolve(name.replace(' ', '-')),
                address,
                address,
                token,
                Map.of("zone", number == CHILD ? "near" : "far"),
                door)));
    }

    /** New to the cluster. */
    Content content() throws IOException {
        byte[] bytes = new byte[CONTENT_BYTES];
        random.nextBytes(bytes);
        Path file = Files.write(work.path().resolve("origin").resolve("content-" + ++contents), bytes);
        return new Content(file, origin.url(file), Sha256.hexOf(file));
    }

    /** As a person does it: {@code darter get}, with the digest. */
    Got get(AgentProcess node, Content content) throws IOException, InterruptedException {
        Path file = work.path().resolve("got");
        Files.deleteIfExists(file);
        Path words = work.path().resolve("get.log");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "io.darter.agent.cli.Darter",
                "get",
                content.url(),
                "-o",
                file.toString(),
                "--digest",
                "sha256:" + content.sha256(),
                "--socket",
                node.socket().toString());
        builder.environment().put("CLASSPATH", agentClassPath);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(words.toFile()).start();
        if (!process.waitFor(GET_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return new Got(-1, false, System.currentTimeMillis(), "not over after " + GET_SECONDS + " s");
        }
        long endMillis = System.currentTimeMillis();
        boolean right = Files.exists(file) && Sha256.hexOf(file).equals(content.sha256());
        return new Got(
                process.exitValue(), right, endMillis, Files.readString(words).strip());
    }

    int contentBytes() {
        return CONTENT_BYTES;
    }

    /** Whether the file has the content's bytes. */
    boolean isRight(Path file, Content content) throws IOException {
        return Files.exists(file) && Sha256.hexOf(file).equals(content.sha256());
    }

    /** A counter of the agent's /metrics. */
    long metric(AgentProcess node, String name) throws IOException, InterruptedException {
        String text =
                door.send("GET", node.healthUrl() + "/metrics", null, null).body();
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\d+)$").matcher(text);
        if (!line.find()) {
            throw new IOException(node.name() + " has no metric " + name);
        }
        return Long.parseLong(line.group(1));
    }

    /** The sum of a counter over everybody who does not lie. */
    long honestMetrics(String name) throws IOException, InterruptedException {
        long sum = metric(honestSeed, name);
        for (AgentProcess node : nodes) {
            sum += metric(node, name);
        }
        return sum;
    }

    /** The file in which the node keeps a whole content. */
    Path stored(AgentProcess node, Content content) {
        return node.folder().resolve("data/store/sha256-" + content.sha256() + ".data");
    }

    /** Files in the nodes' stores that belong to no whole content. */
    List<Path> leftovers() throws IOException {
        List<Path> leftovers = new ArrayList<>();
        for (AgentProcess node : nodes) {
            Path store = node.folder().resolve("data/store");
            try (Stream<Path> files = Files.list(store)) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString();
                    String key = name.substring(0, Math.max(0, name.lastIndexOf('.')));
                    if (!name.endsWith(".data") && !Files.exists(store.resolve(key + ".data"))) {
                        leftovers.add(file);
                    }
                }
            }
        }
        return leftovers;
    }

    @Override
    public void close() {
        running.close();
        if (System.getProperty("darter.keep") == null) {
            work.close();
        }
    }
}
