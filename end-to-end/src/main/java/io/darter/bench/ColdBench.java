package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.DemoFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A content that nobody has seen before, through one agent and its scheduler, beside {@code curl && sync FILE}, in turns; durable
 * files on a disk on both sides. Runs inside a network namespace whose only way to the origin is the shaped link that
 * {@code bench/bench-cold} made.
 */
public final class ColdBench {
    private final PrintStream out;
    private final int rounds;
    private final long sizeBytes;
    private final Workbench bench;
    private final String origin;
    private final Path content;

    /**
     * @param origin host and port of a server that shares the folder
     * @param files that folder
     */
    private ColdBench(PrintStream out, int rounds, long sizeBytes, Workbench bench, String origin, Path files)
            throws IOException, InterruptedException {
        this.out = out;
        this.rounds = rounds;
        this.sizeBytes = sizeBytes;
        this.bench = bench;
        this.origin = origin;
        this.content = files.resolve("content");
        Command.run("head -c " + sizeBytes + " /dev/urandom > " + content);
    }

    public static void main(String[] words) throws Exception {
        var arguments = Arguments.parse(words, Map.of("rounds", 5, "mib", 1024));
        var disk = Path.of(System.getProperty("darter.root"), "target");
        try (var bench = new Workbench(disk)) {
            var cold = new ColdBench(
                    System.out,
                    arguments.number("rounds"),
                    (long) arguments.number("mib") << 20,
                    bench,
                    System.getProperty("darter.origin"),
                    Path.of(System.getProperty("darter.files")));
            System.exit(cold.run(arguments.json()));
        }
    }

    private int run(boolean json) throws DemoFailure, IOException, InterruptedException {
        var appliance = bench.appliance();
        var quota = Long.toString(sizeBytes * 5 / 4 + (256 << 20));
        var agent = bench.agent(appliance, "node", 1, origin, Map.of("quota", quota, "selfCheck", true));
        var direct = new ArrayList<Double>();
        var through = new ArrayList<Double>();
        for (var round = 1; round <= rounds; round++) {
            var digest = newContent(round);
            direct.add(direct(digest));
            through.add(through(agent, digest));
            System.err.printf(
                    "round %d: direct %.2f s, through the agent %.2f s%n", round, direct.getLast(), through.getLast());
        }
        var ratio = Figures.median(through) / Figures.median(direct);
        out.printf(
                "%d MiB: direct %.2f s, through the agent %.2f s, ratio %.3f%n",
                sizeBytes >> 20, Figures.median(direct), Figures.median(through), ratio);
        if (json) {
            var result = new LinkedHashMap<String, Object>();
            result.put("ratio", Figures.rounded(ratio));
            result.put("directSeconds", List.copyOf(direct));
            result.put("agentSeconds", List.copyOf(through));
            result.put("contentBytes", sizeBytes);
            out.println(JsonMapper.shared().writeValueAsString(result));
        }
        return 0;
    }

    /** Another content of the same size; its SHA-256 in hex. */
    private String newContent(int number) throws IOException, InterruptedException {
        try (var file = FileChannel.open(content, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4).putInt(0, number), 0);
        }
        return Command.run("sha256sum < " + content).output().split(" ")[0];
    }

    private double direct(String digest) throws IOException, InterruptedException {
        var file = bench.folder().resolve("direct");
        var cost = Command.run("curl -sSf -o " + file + " http://" + origin + "/content && sync " + file);
        check(file, digest);
        return cost.seconds();
    }

    private double through(AgentProcess agent, String digest) throws IOException, InterruptedException {
        var file = bench.folder().resolve("through");
        var cost = Command.run(Workbench.cli() + " get http://" + origin + "/content?" + digest + " -o " + file
                + " --digest sha256:" + digest + " --socket " + agent.socket());
        check(file, digest);
        return cost.seconds();
    }

    private static void check(Path file, String digest) throws IOException, InterruptedException {
        var actual = Command.run("sha256sum < " + file).output();
        if (!actual.startsWith(digest)) {
            throw new IOException(file + " has digest " + actual + " and not " + digest);
        }
        Files.delete(file);
        Command.run("sync " + file.getParent());
    }
}
