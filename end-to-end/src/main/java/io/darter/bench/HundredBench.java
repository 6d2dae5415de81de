package io.darter.bench;

import io.darter.demo.GeneratedImage;
import io.darter.demo.HttpDoor;
import io.darter.demo.RealRegistry;
import io.darter.demo.WorkFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./dev bench hundred}: a hundred installed agents and three seeds on a shaped network pull one image from a real
 * registry at the same moment, each through its own mirror. Beside it a few nodes without us pull it directly; what a
 * hundred of those would take is reckoned, and marked so.
 */
public final class HundredBench {
    private static final Duration START_PATIENCE = Duration.ofMinutes(10);
    private static final Duration FETCH_PATIENCE = Duration.ofMinutes(20);
    private static final int PORT = 5000;
    private static final double IDLE_PERCENT_MIN = 15;

    private final PrintStream out;
    private final SwarmShape shape;
    private final int seeds;
    private final int directNodes;
    private final Path programs;
    private final Path folder;
    private final GeneratedImage image;

    private HundredBench(PrintStream out, SwarmShape shape, int seeds, int directNodes, Path programs, Path folder)
            throws IOException {
        this.out = out;
        this.shape = shape;
        this.seeds = seeds;
        this.directNodes = directNodes;
        this.programs = programs;
        this.folder = folder;
        // Layers of different sizes, as in life: a half, three tenths, a fifth.
        var bytes = shape.sizeBytes();
        this.image = GeneratedImage.make(
                folder.resolve("image"),
                "bench/hundred",
                "v1",
                folder.hashCode(),
                List.of((int) (bytes / 2), (int) (bytes * 3 / 10), (int) (bytes / 5)));
    }

    public static void main(String[] words) throws Exception {
        var options = Arguments.known()
                .number("nodes", 100)
                .number("seeds", 3)
                .number("mib", 64)
                .number("origin-mbit", 50)
                .number("node-mbit", 5)
                .number("direct-nodes", 10)
                .parse(words);
        var shape = new SwarmShape(
                options.number("nodes"),
                (long) options.number("mib") << 20,
                options.decimal("origin-mbit"),
                options.decimal("node-mbit"),
                0,
                0);
        var programs = Path.of(System.getProperty("darter.root")).resolve("bench/lab");
        try (var work = WorkFolder.create(Path.of("/dev/shm"))) {
            var bench = new HundredBench(
                    System.out, shape, options.number("seeds"), options.number("direct-nodes"), programs, work.path());
            System.exit(bench.run(options.json()));
        }
    }

    /** What one way of pulling cost. */
    private record Pulls(
            LabHosts.Fetched fetched, long blobBytes, long wireBytes, int peakConnections, double idlePercent) {}

    private int run(boolean json) throws IOException, InterruptedException {
        var direct = pulls("direct", directNodes, 0);
        System.err.printf(
                "%d nodes directly: %.1f s, %.2f × the image left the registry, %d connections%n",
                directNodes,
                direct.fetched().makespanSeconds(),
                direct.blobBytes() / (double) image.contentBytes(),
                direct.peakConnections());
        var ours = pulls("darter", shape.nodes(), seeds);
        var content = image.contentBytes();
        var bound = new SwarmShape(shape.nodes(), content, shape.originMbit(), shape.nodeMbit(), 0, 0).boundSeconds();
        var mean = ours.fetched().nodeSeconds().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        var sorted = ours.fetched().nodeSeconds().stream().sorted().toList();
        var saved = 100 * (1 - ours.blobBytes() / (double) (content * shape.nodes()));
        var directReckoned = direct.fetched().makespanSeconds() * shape.nodes() / directNodes;
        out.printf(
                "%d nodes and %d seeds: %.1f s each on average (%.2f × the bound of %.1f s), the last after %.1f s;"
                        + " the registry sent the image %.3f times over %d connections at most: %.1f %% saved;"
                        + " %.0f %% of the processors idle%n",
                shape.nodes(),
                seeds,
                mean,
                mean / bound,
                bound,
                ours.fetched().makespanSeconds(),
                ours.blobBytes() / (double) content,
                ours.peakConnections(),
                saved,
                ours.idlePercent());
        out.printf(
                "%d nodes directly took %.1f s; %d would take about %.0f s (reckoned, not measured)%n",
                directNodes, direct.fetched().makespanSeconds(), shape.nodes(), directReckoned);
        if (json) {
            var figures = new LinkedHashMap<String, Object>();
            figures.put("nodes", shape.nodes());
            figures.put("seeds", seeds);
            figures.put("contentBytes", content);
            figures.put("originBytes", ours.blobBytes());
            figures.put("originWireBytes", ours.wireBytes());
            figures.put("meanNodeSeconds", Figures.rounded(mean));
            figures.put("p95NodeSeconds", Figures.rounded(sorted.get((sorted.size() * 95 + 99) / 100 - 1)));
            figures.put("boundSeconds", Figures.rounded(bound));
            figures.put("ratio", Figures.rounded(mean / bound));
            figures.put("peakOriginConnections", ours.peakConnections());
            figures.put("savedPercent", Figures.rounded(saved));
            figures.put("idlePercent", Figures.rounded(ours.idlePercent()));
            figures.put("directNodes", directNodes);
            figures.put("directSeconds", Figures.rounded(direct.fetched().makespanSeconds()));
            figures.put("directSecondsReckonedForAll", Figures.rounded(directReckoned));
            out.println(JsonMapper.shared().writeValueAsString(figures));
        }
        return ours.idlePercent() < IDLE_PERCENT_MIN ? 1 : 0;
    }

    private Pulls pulls(String how, int nodes, int seedCount) throws IOException, InterruptedException {
        var own = folder.resolve(how);
        try (var lab = new LabHosts(own, shape.originMbit())) {
            var seedHosts = new ArrayList<ShapedNetwork.Host>();
            var hosts = new ArrayList<ShapedNetwork.Host>();
            for (var seed = 1; seed <= seedCount; seed++) {
                seedHosts.add(lab.host("s" + seed, "10.77.100." + seed, shape.rate(1)));
            }
            for (var node = 1; node <= nodes; node++) {
                hosts.add(lab.host("n" + node, SwarmShape.address(node), shape.rate(node)));
            }
            lab.introduce();
            var registry = registry(lab);
            var environment = environment(seedCount == 0 ? registry.host() : "127.0.0.1:4001", registry.host());
            if (seedCount > 0) {
                var darter = programs.resolve("darter");
                lab.serve(darter, "control", List.of(lab.control), environment, START_PATIENCE);
                System.err.println("Starting " + seedCount + " seeds and " + nodes + " agents");
                lab.serve(darter, "seed", seedHosts, environment, START_PATIENCE);
                lab.serve(darter, "node", hosts, environment, START_PATIENCE);
            }
            Thread.sleep(2000);
            var wireBefore = lab.originSentBytes();
            var idle = new IdleWatch();
            try (var connections = new ConnectionWatch(registry.pid(), PORT)) {
                var fetched = lab.fetch(programs.resolve("image"), hosts, environment, 0, FETCH_PATIENCE);
                var idlePercent = idle.idlePercent();
                System.err.println("most connections to the registry, from: " + connections.whoAtPeak());
                return new Pulls(
                        fetched,
                        registry.blobBytes(),
                        lab.originSentBytes() - wireBefore,
                        connections.peak(),
                        idlePercent);
            }
        } finally {
            Command.run("rm -rf " + own);
        }
    }

    private RealRegistry registry(LabHosts lab) throws IOException, InterruptedException {
        HttpDoor inside = (_, url, _, _) -> {
            var words = String.join(" ", lab.origin.prefix());
            var status = Command.run(words + " curl -s -o /dev/null -m 5 -w '%{http_code}' " + url + " || true");
            return new HttpDoor.Answer(Integer.parseInt(status.output()), "");
        };
        var registry = RealRegistry.start(lab.work(lab.origin), lab.origin.prefix(), LabHosts.ORIGIN, PORT, inside);
        registry.publish(image);
        return registry;
    }

    /** @param door where the nodes' pulls go */
    private Map<String, String> environment(String door, String registry) {
        return Map.of(
                "DOOR",
                "http://" + door,
                "REGISTRY",
                registry,
                "REPOSITORY",
                image.repository(),
                "TAG",
                image.tag(),
                "BLOBS",
                image.blobs().stream().map(GeneratedImage.Blob::digest).collect(Collectors.joining(" ")),
                "READY_TRIES",
                "600");
    }
}
