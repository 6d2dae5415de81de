package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
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
 * One parent to one child beside {@code nginx -> curl | tee FILE | openssl dgst -sha256}, files on tmpfs on both sides, in turns.
 * Each round has its own content, so the child has nothing of it; the parent has fetched it before. The caller's file is a link of the
 * store's ({@code get --link}), so that each side writes one file; {@code --copy 1} measures the copy that tmpfs, which has no reflinks,
 * needs otherwise.
 */
public final class TransferBench {
    private final PrintStream out;
    private final int rounds;
    private final long sizeBytes;
    private final Workbench bench;
    private final Path content;
    private final Nginx nginx;
    private final String how;

    private TransferBench(PrintStream out, int rounds, long sizeBytes, boolean copy, Workbench bench)
            throws IOException, InterruptedException {
        this.out = out;
        this.rounds = rounds;
        this.sizeBytes = sizeBytes;
        this.bench = bench;
        this.how = copy ? "" : " --link";
        var files = Files.createDirectory(bench.folder().resolve("files"));
        this.content = files.resolve("content");
        Command.run("head -c " + sizeBytes + " /dev/urandom > " + content);
        this.nginx = bench.keep(Nginx.start(bench.folder().resolve("nginx"), files));
    }

    /** Throughput and cost of one way, a figure a round. */
    private record Series(List<Double> mebibytesPerSecond, List<Double> cpuSecondsPerGB) {
        Series() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void add(long bytes, double seconds, double cpuSeconds) {
            mebibytesPerSecond.add(bytes / seconds / (1 << 20));
            cpuSecondsPerGB.add(cpuSeconds / (bytes / 1e9));
        }
    }

    public static void main(String[] words) throws Exception {
        var arguments = Arguments.parse(words, Map.of("rounds", 5, "mib", 2048, "copy", 0));
        try (var bench = new Workbench(Path.of("/dev/shm"))) {
            var transfer = new TransferBench(
                    System.out,
                    arguments.number("rounds"),
                    (long) arguments.number("mib") << 20,
                    arguments.number("copy") != 0,
                    bench);
            System.exit(transfer.run(arguments.json()));
        }
    }

    private int run(boolean json) throws DemoFailure, IOException, InterruptedException {
        var appliance = bench.appliance();
        var darterTls = new Series();
        var nginxTls = new Series();
        compare(appliance, true, 1, darterTls, nginxTls);
        var darterPlain = new Series();
        var nginxPlain = new Series();
        compare(appliance, false, 3, darterPlain, nginxPlain);
        print("plain", darterPlain, nginxPlain);
        print("mTLS", darterTls, nginxTls);
        if (json) {
            var cpu = new LinkedHashMap<String, Object>();
            cpu.put("darterPlain", Figures.rounded(Figures.median(darterPlain.cpuSecondsPerGB)));
            cpu.put("nginxPlain", Figures.rounded(Figures.median(nginxPlain.cpuSecondsPerGB)));
            cpu.put("darterTls", Figures.rounded(Figures.median(darterTls.cpuSecondsPerGB)));
            cpu.put("nginxTls", Figures.rounded(Figures.median(nginxTls.cpuSecondsPerGB)));
            var result = new LinkedHashMap<String, Object>();
            result.put("plainRatio", Figures.rounded(ratio(darterPlain, nginxPlain)));
            result.put("tlsRatio", Figures.rounded(ratio(darterTls, nginxTls)));
            result.put("cpuSecondsPerGB", cpu);
            result.put("rounds", rounds);
            result.put("contentBytes", sizeBytes);
            result.put("placed", how.isEmpty() ? "copied" : "linked");
            out.println(JsonMapper.shared().writeValueAsString(result));
        }
        return 0;
    }

    private static double ratio(Series darter, Series nginx) {
        return Figures.median(darter.mebibytesPerSecond) / Figures.median(nginx.mebibytesPerSecond);
    }

    private void print(String how, Series darter, Series nginx) {
        out.printf(
                "%-6s Darter %.0f MiB/s, %.2f CPU s/GB; nginx, curl, tee and openssl %.0f MiB/s, %.2f CPU s/GB; ratio %.2f%n",
                how,
                Figures.median(darter.mebibytesPerSecond),
                Figures.median(darter.cpuSecondsPerGB),
                Figures.median(nginx.mebibytesPerSecond),
                Figures.median(nginx.cpuSecondsPerGB),
                ratio(darter, nginx));
    }

    private void compare(ApplianceProcess appliance, boolean tls, int number, Series darter, Series nginxSide)
            throws DemoFailure, IOException, InterruptedException {
        Map<String, Object> settings = Map.of("quota", (sizeBytes * 5 / 4) + "", "selfCheck", true, "peer.tls", tls);
        try (var parent = bench.agent(appliance, "seed", number, Nginx.PLAIN, settings);
                var child = bench.agent(appliance, "node", number + 1, Nginx.PLAIN, settings)) {
            for (var round = 1; round <= rounds; round++) {
                var digest = newContent(number * 100 + round);
                get(parent, digest, "");
                var parentBefore = Command.cpuSeconds(parent.child().pid());
                var childBefore = Command.cpuSeconds(child.child().pid());
                var got = get(child, digest, how);
                var agents = Command.cpuSeconds(parent.child().pid())
                        - parentBefore
                        + Command.cpuSeconds(child.child().pid())
                        - childBefore;
                darter.add(sizeBytes, got.seconds(), got.cpuSeconds() + agents);
                nginxSide(tls, digest, nginxSide);
                System.err.printf(
                        "%s round %d: Darter %.0f MiB/s, nginx %.0f MiB/s%n",
                        tls ? "mTLS" : "plain",
                        round,
                        darter.mebibytesPerSecond.getLast(),
                        nginxSide.mebibytesPerSecond.getLast());
            }
        }
    }

    /** Another content of the same size; its SHA-256 in hex. */
    private String newContent(int number) throws IOException, InterruptedException {
        try (var file = FileChannel.open(content, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4).putInt(0, number), 0);
        }
        return Command.run("sha256sum < " + content).output().split(" ")[0];
    }

    private Command.Cost get(AgentProcess agent, String digest, String options)
            throws IOException, InterruptedException {
        var file = bench.folder().resolve("delivered");
        var cost = Command.run(Workbench.cli() + " get http://" + Nginx.PLAIN + "/content?" + digest + " -o " + file
                + " --digest sha256:" + digest + options + " --socket " + agent.socket());
        requireDigest(file, digest);
        return cost;
    }

    private void nginxSide(boolean tls, String digest, Series series) throws IOException, InterruptedException {
        var file = bench.folder().resolve("delivered");
        var before = nginx.cpuSeconds();
        var cost = Command.run(nginx.curl("content", tls) + " | tee " + file + " | openssl dgst -sha256 -r");
        if (!cost.output().startsWith(digest)) {
            throw new IOException("openssl says " + cost.output() + " and not " + digest);
        }
        series.add(sizeBytes, cost.seconds(), cost.cpuSeconds() + nginx.cpuSeconds() - before);
        Files.delete(file);
    }

    private static void requireDigest(Path file, String digest) throws IOException, InterruptedException {
        var actual = Command.run("sha256sum < " + file).output();
        if (!actual.startsWith(digest)) {
            throw new IOException(file + " has digest " + actual + " and not " + digest);
        }
        Files.delete(file);
    }
}
