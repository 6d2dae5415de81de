package io.darter.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An appliance, one seed and one node on the usual ports, kept running until Ctrl-C. */
public final class Up {
    private static final String USAGE = "Usage: ./dev up\nStarts an appliance, one seed and one node until Ctrl-C.\n";

    private Up() {}

    public static void main(String[] args) {
        var cleanup = new Cleanup();
        Runtime.getRuntime().addShutdownHook(new Thread(cleanup::close, "cleanup"));
        System.exit(Exit.of("darter up", System.err, cleanup, () -> run(List.of(args), cleanup)));
    }

    private static int run(List<String> words, Cleanup cleanup) throws DemoFailure, IOException, InterruptedException {
        var arguments = DemoArguments.parse(words);
        if (arguments.help()) {
            System.out.print(USAGE);
            return 0;
        }
        Demo.requireClassPaths(arguments.serverClassPath(), arguments.agentClassPath());
        var progress = new Progress(System.err, false, System::nanoTime);
        var base = Path.of(System.getProperty("java.io.tmpdir"));
        var folder = cleanup.add(WorkFolder.create(base)).path();
        var cluster = cleanup.add(LocalCluster.start(
                new LocalCluster.Plan(folder, arguments.serverClassPath(), arguments.agentClassPath(), 1, true)));
        cluster.awaitReady(progress);
        var node = cluster.nodes().getFirst();
        System.out.println("console   " + cluster.appliance().consoleUrl());
        System.out.println("user      admin, password in " + cluster.appliance().adminPasswordFile());
        System.out.println("mirror    " + node.mirrorUrl());
        System.out.println("socket    " + node.socket() + " (for darter get --socket)");
        System.out.println("Ctrl-C ends everything and removes " + folder);
        System.out.println(cluster.awaitEndOfOne() + " has ended, so this ends too");
        return DemoFailure.INTERNAL;
    }
}
