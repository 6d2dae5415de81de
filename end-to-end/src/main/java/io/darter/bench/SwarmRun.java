package io.darter.bench;

import io.darter.demo.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One file to all nodes of a shaped network by one method. A method is a program in {@code bench/lab}, called with the name of
 * a stage inside a host: {@code stages} names those it has; {@code prepare} runs once at the origin, {@code control},
 * {@code origin} and {@code node} go on until they are ended and create {@code $READY_FILE} when they serve; {@code fetch} is
 * timed and ends when {@code $OUT_FILE} is whole. nginx serves the file at {@code $URL} in any case.
 */
final class SwarmRun implements AutoCloseable {
    private static final String ORIGIN = "10.77.0.10";
    private static final String CONTROL = "10.77.0.2";
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Duration FETCH_PATIENCE = Duration.ofMinutes(5);

    private final SwarmShape shape;
    private final Path program;
    private final Path file;
    private final Path folder;
    private final List<Child> children = new ArrayList<>();
    private final ShapedNetwork network;
    private final ShapedNetwork.Host origin;
    private final ShapedNetwork.Host control;
    private final List<ShapedNetwork.Host> nodes = new ArrayList<>();

    /**
     * One run.
     *
     * @param nodeSeconds from a node's start to its whole file, by node
     * @param originWire bytes that left the origin's wire ÷ the file's
     * @param originBody bytes of the file that the origin's server says it sent ÷ the file's (methods may bypass that server)
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
        this.folder = folder;
        network = ShapedNetwork.create();
        origin = network.host("o", ORIGIN, ShapedNetwork.Rate.of(shape.originMbit()));
        control = network.host("c", CONTROL, ShapedNetwork.Rate.of(0));
        for (var node = 1; node <= shape.nodes(); node++) {
            nodes.add(network.host("n" + node, SwarmShape.address(node), shape.rate(node)));
        }
        network.introduce();
    }

    Result run() throws IOException, InterruptedException {
        nginx();
        var stages = List.of(Command.run(program + " stages").output().split("\\s+"));
        if (stages.contains("prepare")) {
            var prepared = start(origin, "prepare");
            if (!prepared.awaitExit(START_PATIENCE) || prepared.exitCode() != 0) {
                throw new IOException("prepare failed:\n" + prepared.lastLines(10));
            }
        }
        serve(stages, "control", List.of(control));
        serve(stages, "origin", List.of(origin));
        serve(stages, "node", nodes);
        Thread.sleep(1000); // what the start left to do is no part of the run
        return measure();
    }

    private Result measure() throws IOException, InterruptedException {
        var before = network.traffic(origin).sentBytes();
        var idle = new IdleWatch();
        var began = System.nanoTime();
        var seconds = new double[nodes.size()];
        var threads = new ArrayList<Thread>();
        var failures = new ArrayList<String>();
        for (var i = 0; i < nodes.size(); i++) {
            var due = began + i * shape.staggerMillis() * 1_000_000;
            while (System.nanoTime() < due) {
                Thread.sleep(1);
            }
            var index = i;
            var startNanos = System.nanoTime();
            var child = start(nodes.get(i), "fetch");
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    var over = child.awaitExit(FETCH_PATIENCE);
                    seconds[index] = (System.nanoTime() - startNanos) / 1e9;
                    if (!over || child.exitCode() != 0) {
                        synchronized (failures) {
                            failures.add(nodes.get(index).name() + ":\n" + child.lastLines(5));
                        }
                    }
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        var makespan = (System.nanoTime() - began) / 1e9;
        var idlePercent = idle.idlePercent();
        var after = network.traffic(origin).sentBytes();
        if (!failures.isEmpty()) {
            throw new IOException(failures.size() + " nodes failed, " + failures.getFirst());
        }
        verify();
        var wire = after - before;
        var each = new ArrayList<Double>();
        for (var one : seconds) {
            each.add(one);
        }
        return new Result(
                makespan,
                each,
                wire / (double) shape.sizeBytes(),
                bodyBytes() / (double) shape.sizeBytes(),
                idlePercent);
    }

    /** Outside the measured time. */
    private void verify() throws IOException, InterruptedException {
        var expected = Command.run("sha256sum < " + file).output();
        for (var node : nodes) {
            if (!Command.run("sha256sum < " + outFile(node)).output().equals(expected)) {
                throw new IOException(node.name() + " got other bytes");
            }
        }
    }

    private Path work(ShapedNetwork.Host host) {
        return folder.resolve(host.name());
    }

    private Path outFile(ShapedNetwork.Host host) {
        return work(host).resolve("out.bin");
    }

    private void serve(List<String> stages, String stage, List<ShapedNetwork.Host> hosts)
            throws IOException, InterruptedException {
        if (!stages.contains(stage)) {
            return;
        }
        var started = new HashMap<Path, Child>();
        for (var host : hosts) {
            started.put(work(host).resolve("ready." + stage), start(host, stage));
        }
        var left = START_PATIENCE.toMillis();
        for (var each : started.entrySet()) {
            for (; Files.notExists(each.getKey()); left -= 50) {
                if (left <= 0 || !each.getValue().alive()) {
                    throw new IOException(each.getValue().name() + " does not serve:\n"
                            + each.getValue().lastLines(10));
                }
                Thread.sleep(50);
            }
        }
    }

    private Child start(ShapedNetwork.Host host, String stage) throws IOException {
        Files.createDirectories(work(host));
        Files.createDirectories(folder.resolve("shared"));
        var command = new ArrayList<>(host.prefix());
        command.addAll(List.of("env", "-C", work(host).toString(), program.toString(), stage));
        var child = Child.start(stage + " on " + host.name(), command, environment(host, stage), log(host, stage));
        children.add(child);
        return child;
    }

    private Path log(ShapedNetwork.Host host, String stage) {
        return work(host).resolve(stage + ".log");
    }

    private Map<String, String> environment(ShapedNetwork.Host host, String stage) {
        var all = new HashMap<String, String>();
        all.put("RUN_DIR", folder.resolve("shared").toString());
        all.put("WORK_DIR", work(host).toString());
        all.put("READY_FILE", work(host).resolve("ready." + stage).toString());
        all.put("OUT_FILE", outFile(host).toString());
        all.put("NODE_IP", host.address());
        all.put("ORIGIN_IP", ORIGIN);
        all.put("CONTROL_IP", CONTROL);
        all.put("FILE", file.toString());
        all.put("URL", "http://" + ORIGIN + ":8000/" + file.getFileName());
        return all;
    }

    private void nginx() throws IOException, InterruptedException {
        var own = Files.createDirectories(folder.resolve("nginx"));
        Files.writeString(own.resolve("nginx.conf"), """
                daemon off; user root; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log;
                events { worker_connections 4096; }
                http {
                  log_format bytes '$body_bytes_sent'; access_log %1$s/access.log bytes;
                  sendfile on; tcp_nopush on; root %2$s;
                  client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
                  uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
                  server { listen %3$s:8000; }
                }
                """.formatted(own, file.getParent(), ORIGIN));
        var command = new ArrayList<>(origin.prefix());
        command.addAll(List.of(
                "nginx", "-p", own.toString(), "-c", own.resolve("nginx.conf").toString()));
        var child = Child.start("nginx", command, Map.of(), own.resolve("nginx.log"));
        children.add(child);
        for (var left = 100; !Files.exists(own.resolve("pid")) || Files.size(own.resolve("pid")) == 0; left--) {
            if (left == 0 || !child.alive()) {
                throw new IOException("nginx did not start:\n" + child.lastLines(10));
            }
            Thread.sleep(50);
        }
    }

    private long bodyBytes() throws IOException {
        try (var lines = Files.lines(folder.resolve("nginx/access.log"))) {
            return lines.mapToLong(Long::parseLong).sum();
        }
    }

    @Override
    public void close() throws IOException {
        for (var child : children.reversed()) {
            child.kill(); // together, and at once: nothing of theirs is needed any more
        }
        children.clear();
        network.close();
    }
}
