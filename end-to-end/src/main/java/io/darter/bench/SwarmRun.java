package io.darter.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One file to all nodes of a shaped network by one method; nginx serves it at {@code $URL} in any case. */
final class SwarmRun implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Duration FETCH_PATIENCE = Duration.ofMinutes(5);

    private final SwarmShape shape;
    private final Path program;
    private final Path file;
    private final LabHosts lab;
    private final List<ShapedNetwork.Host> nodes = new ArrayList<>();
    private final Map<String, String> environment;

    /**
     * One run.
     *
     * @param nodeSeconds from a node's start to its whole file, by node
     * @param originWire bytes that left the origin's wire ÷ the file's
     * @param originBody bytes that the origin's server says it sent ÷ the file's (BitTorrent's seed is not that server)
     * @param idlePercent of the processors, over the whole run
     */
    record Result(
            double makespanSeconds,
            List<Double> nodeSeconds,
            double originWire,
            double originBody,
            double idlePercent) {}

    SwarmRun(SwarmShape shape, Path program, Path file, Path folder) throws IOException, InterruptedException {
        this.shape = shape;
        this.program = program;
        this.file = file;
        this.environment =
                Map.of("FILE", file.toString(), "URL", "http://" + LabHosts.ORIGIN + ":8000/" + file.getFileName());
        lab = new LabHosts(folder, shape.originMbit());
        for (var node = 1; node <= shape.nodes(); node++) {
            nodes.add(lab.host("n" + node, SwarmShape.address(node), shape.rate(node)));
        }
        lab.introduce();
    }

    Result run() throws IOException, InterruptedException {
        lab.nginx(Objects.requireNonNull(file.getParent()));
        var stages = List.of(Command.run(program + " stages").output().split("\\s+"));
        if (stages.contains("prepare")) {
            var prepared = lab.start(program, "prepare", lab.origin, environment);
            if (!prepared.awaitExit(START_PATIENCE) || prepared.exitCode() != 0) {
                throw new IOException("prepare failed:\n" + prepared.lastLines(10));
            }
        }
        for (var stage : List.of("control", "origin", "node")) {
            if (stages.contains(stage)) {
                var hosts = stage.equals("node") ? nodes : List.of(stage.equals("origin") ? lab.origin : lab.control);
                lab.serve(program, stage, hosts, environment, START_PATIENCE);
            }
        }
        Thread.sleep(1000); // what the start left to do is no part of the run
        var before = lab.originSentBytes();
        var idle = new IdleWatch();
        var fetched = lab.fetch(program, nodes, environment, shape.staggerMillis(), FETCH_PATIENCE);
        var idlePercent = idle.idlePercent();
        var wire = lab.originSentBytes() - before;
        verify();
        return new Result(
                fetched.makespanSeconds(),
                fetched.nodeSeconds(),
                wire / (double) shape.sizeBytes(),
                lab.nginxBodyBytes() / (double) shape.sizeBytes(),
                idlePercent);
    }

    /** Outside the measured time. */
    private void verify() throws IOException, InterruptedException {
        var expected = Command.run("sha256sum < " + file).output();
        for (var node : nodes) {
            if (!Command.run("sha256sum < " + lab.outFile(node)).output().equals(expected)) {
                throw new IOException(node.name() + " got other bytes");
            }
        }
    }

    @Override
    public void close() throws IOException {
        lab.close();
    }
}
