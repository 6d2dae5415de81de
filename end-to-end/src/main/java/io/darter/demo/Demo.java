package io.darter.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The main job on one machine: an appliance, a seed and some nodes are started, every node asks for the same content at
 * once, and a separate process checks every byte that was delivered.
 */
public final class Demo {
    private final PrintStream out;
    private final Progress progress;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final Cleanup cleanup = new Cleanup();

    private Demo(PrintStream out, Progress progress, LongSupplier nanoTime, RandomGenerator random) {
        this.out = out;
        this.progress = progress;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    public static void main(String[] args) {
        var progress = new Progress(System.err, onTerminal(), System::nanoTime);
        var demo = new Demo(System.out, progress, System::nanoTime, RandomGenerator.getDefault());
        // After Ctrl-C the virtual machine ends with 130 by itself, once this has run
        Runtime.getRuntime().addShutdownHook(new Thread(demo.cleanup::close, "cleanup"));
        System.exit(Exit.of("darter demo", System.err, demo.cleanup, () -> demo.run(List.of(args))));
    }

    /** The console is never null on this Java, but its declaration still says that it may be. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean onTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    private int run(List<String> words) throws DemoFailure, IOException, InterruptedException {
        var arguments = DemoArguments.parse(words);
        if (arguments.help()) {
            out.print(DemoArguments.USAGE);
            return 0;
        }
        requireClassPaths(arguments.serverClassPath(), arguments.agentClassPath());
        if (!arguments.content().isEmpty()) {
            DemoContent.parse(arguments.content());
        }
        var base = Path.of(System.getProperty("java.io.tmpdir"));
        var folder = cleanup.add(WorkFolder.create(base)).path();
        requireSpace(folder, arguments.nodes());
        var content = cleanup.add(DemoContent.open(arguments.content(), arguments.seed(), folder, random, progress));
        progress.say("Starting an appliance, a seed and " + Sizes.nodes(arguments.nodes()) + " in " + folder);
        var cluster = cleanup.add(LocalCluster.start(new LocalCluster.Plan(
                folder, arguments.serverClassPath(), arguments.agentClassPath(), arguments.nodes(), arguments.keep())));
        cluster.awaitReady(progress);
        var exitCode = distribute(arguments, content, cluster, folder);
        if (arguments.keep()) {
            keep(cluster);
        }
        return exitCode;
    }

    private int distribute(DemoArguments arguments, DemoContent content, LocalCluster cluster, Path folder)
            throws DemoFailure, IOException, InterruptedException {
        progress.say("All nodes ask for " + content.name() + " at once");
        var result =
                new Delivery(nanoTime).run(cluster.nodes(), content.fetch(), folder.resolve("delivered"), progress);
        result.failed()
                .forEach(failed -> progress.say(failed.agent().name() + " was not served. "
                        + failed.failure().getMessage()));
        if (result.delivered().isEmpty()) {
            throw result.failed().getFirst().failure();
        }
        progress.say("Hashing every delivered file again, in a process of its own");
        verify(content, result, folder);
        var report = report(content, cluster, result);
        out.print(report.text());
        if (arguments.json()) {
            out.println(report.json());
        }
        out.flush();
        return result.failed().isEmpty() ? 0 : DemoFailure.PARTIAL;
    }

    private static void verify(DemoContent content, Delivery.Result result, Path folder)
            throws DemoFailure, IOException, InterruptedException {
        var files =
                result.delivered().stream().flatMap(one -> one.files().stream()).toList();
        Verification.run(
                folder,
                content instanceof DemoContent.File(var url) ? Verification.withDigestOfOrigin(url, files) : files);
    }

    private static DemoReport report(DemoContent content, LocalCluster cluster, Delivery.Result result)
            throws DemoFailure, InterruptedException {
        var delivered = result.delivered();
        var contentBytes = bytes(delivered.getFirst().files().stream());
        return new DemoReport(
                content.name(),
                contentBytes,
                cluster.nodes().size(),
                originFigures(content, cluster),
                bytes(delivered.stream().flatMap(one -> one.files().stream())),
                result.seconds(),
                delivered.stream().map(Delivery.Outcome.Delivered::seconds).toList(),
                result.failed().isEmpty(),
                cluster.appliance().consoleUrl());
    }

    private static DemoReport.OriginFigures originFigures(DemoContent content, LocalCluster cluster)
            throws DemoFailure, InterruptedException {
        if (content instanceof DemoContent.Generated generated) {
            var counts = generated.origin().counts();
            return new DemoReport.OriginFigures(
                    counts.blobBytes(), counts.metaBytes(), counts.peakBlobConnections(), "counted at the origin");
        }
        return ApplianceFigures.read(cluster.appliance(), cluster.agents());
    }

    private static long bytes(Stream<Fetch.ReceivedFile> files) {
        return files.mapToLong(Fetch.ReceivedFile::sizeBytes).sum();
    }

    private void keep(LocalCluster cluster) throws InterruptedException {
        progress.say("Everything keeps running. Console: "
                + cluster.appliance().consoleUrl() + " (user admin, password in "
                + cluster.appliance().adminPasswordFile() + "). Mirrors: "
                + cluster.nodes().getFirst().mirrorUrl() + " and on. Ctrl-C ends it");
        progress.say(cluster.awaitEndOfOne() + " has ended, so this ends too");
    }

    static void requireClassPaths(String server, String agent) throws DemoFailure {
        if (server.isEmpty() || agent.isEmpty()) {
            throw DemoArguments.usage("--server-classpath and --agent-classpath are needed; ./dev gives them");
        }
    }

    /** Every node keeps the content twice, in its store and as delivered. */
    private static void requireSpace(Path folder, int nodes) throws DemoFailure, IOException {
        var needed = (2L * nodes + 2) * 65 * (1 << 20) + (200 << 20);
        var free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new DemoFailure(
                    DemoFailure.INTERNAL,
                    "DISK_FULL",
                    "Making room under " + folder,
                    Sizes.text(free) + " are free, " + Sizes.text(needed) + " are needed",
                    "Free some space, take fewer nodes, or set TMPDIR to a folder on a larger disk");
        }
    }
}
