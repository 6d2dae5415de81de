package io.darter.bench;

import io.darter.demo.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The hosts of one run on a shaped network, each with a folder, and what runs in them. Programs in {@code bench/lab} are called
 * with the name of a stage: {@code stages} names those that a program has; {@code prepare} runs once at the origin,
 * {@code control}, {@code origin} and {@code node} go on until they are ended and create {@code $READY_FILE} when they serve;
 * {@code fetch} ends when {@code $OUT_FILE} is whole.
 */
final class LabHosts implements AutoCloseable {
    static final String ORIGIN = "10.77.0.10";
    static final String CONTROL = "10.77.0.2";

    private final Path folder;
    private final ShapedNetwork network;
    private final List<Child> children = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    final ShapedNetwork.Host origin;
    final ShapedNetwork.Host control;

    LabHosts(Path folder, double originMbit) throws IOException, InterruptedException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("shared"));
        network = ShapedNetwork.create();
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeAtTheEnd, "cleanup"));
        origin = host("o", ORIGIN, ShapedNetwork.Rate.of(originMbit));
        control = host("c", CONTROL, ShapedNetwork.Rate.of(0));
    }

    ShapedNetwork.Host host(String name, String address, ShapedNetwork.Rate rate)
            throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve(name));
        return network.host(name, address, rate);
    }

    /** Once all hosts are there. */
    void introduce() throws IOException, InterruptedException {
        network.introduce();
    }

    /** What left the origin's wire until now. */
    long originSentBytes() throws IOException, InterruptedException {
        return network.traffic(origin).sentBytes();
    }

    Path work(ShapedNetwork.Host host) {
        return folder.resolve(host.name());
    }

    Path outFile(ShapedNetwork.Host host) {
        return work(host).resolve("out.bin");
    }

    /** Waits until all of them serve, that long at most. */
    void serve(Path program, String stage, List<ShapedNetwork.Host> hosts, Map<String, String> more, Duration patience)
            throws IOException, InterruptedException {
        var started = new LinkedHashMap<Path, Child>();
        for (var host : hosts) {
            started.put(work(host).resolve("ready." + stage), start(program, stage, host, more));
        }
        var left = patience.toMillis();
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

    /** @param more of its environment */
    Child start(Path program, String stage, ShapedNetwork.Host host, Map<String, String> more) throws IOException {
        var environment = new HashMap<>(more);
        environment.put("RUN_DIR", folder.resolve("shared").toString());
        environment.put("WORK_DIR", work(host).toString());
        environment.put("READY_FILE", work(host).resolve("ready." + stage).toString());
        environment.put("OUT_FILE", outFile(host).toString());
        environment.put("NODE_IP", host.address());
        environment.put("ORIGIN_IP", ORIGIN);
        environment.put("CONTROL_IP", CONTROL);
        return start(
                stage + " on " + host.name(),
                host,
                List.of("env", "-C", work(host).toString(), program.toString(), stage),
                environment,
                work(host).resolve(stage + ".log"));
    }

    private Child start(
            String name, ShapedNetwork.Host host, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        var words = new ArrayList<>(host.prefix());
        words.addAll(command);
        return keep(Child.start(name, words, environment, log));
    }

    Child keep(Child child) {
        children.add(child);
        return child;
    }

    /** nginx at the origin, port 8000, with a folder; it writes the body bytes of each answer into its log. */
    void nginx(Path files) throws IOException, InterruptedException {
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
                """.formatted(own, files, ORIGIN));
        var config = own.resolve("nginx.conf").toString();
        var child = start(
                "nginx", origin, List.of("nginx", "-p", own.toString(), "-c", config), Map.of(), own.resolve("log"));
        for (var left = 100; !Files.exists(own.resolve("pid")) || Files.size(own.resolve("pid")) == 0; left--) {
            if (left == 0 || !child.alive()) {
                throw new IOException("nginx did not start:\n" + child.lastLines(10));
            }
            Thread.sleep(50);
        }
    }

    long nginxBodyBytes() throws IOException {
        try (var lines = Files.lines(folder.resolve("nginx/access.log"))) {
            return lines.mapToLong(Long::parseLong).sum();
        }
    }

    /**
     * Starts {@code fetch} in all hosts, that far apart, and waits for all.
     *
     * @throws IOException if one fails or takes longer than the patience
     */
    Fetched fetch(
            Path program,
            List<ShapedNetwork.Host> hosts,
            Map<String, String> more,
            long staggerMillis,
            Duration patience)
            throws IOException, InterruptedException {
        var began = System.nanoTime();
        var seconds = new double[hosts.size()];
        var threads = new ArrayList<Thread>();
        var failures = new ArrayList<String>();
        for (var i = 0; i < hosts.size(); i++) {
            for (var due = began + i * staggerMillis * 1_000_000; System.nanoTime() < due; ) {
                Thread.sleep(1);
            }
            var index = i;
            var startNanos = System.nanoTime();
            var child = start(program, "fetch", hosts.get(i), more);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    var over = child.awaitExit(patience);
                    seconds[index] = (System.nanoTime() - startNanos) / 1e9;
                    if (!over || child.exitCode() != 0) {
                        synchronized (failures) {
                            failures.add(child.name() + ":\n" + child.lastLines(5));
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
        if (!failures.isEmpty()) {
            throw new IOException(failures.size() + " nodes failed, " + failures.getFirst());
        }
        var each = new ArrayList<Double>();
        for (var one : seconds) {
            each.add(one);
        }
        return new Fetched(makespan, each);
    }

    /** @param nodeSeconds from a node's start to its end, by node */
    record Fetched(double makespanSeconds, List<Double> nodeSeconds) {}

    /** A measurement that is interrupted leaves nothing that runs. */
    private void closeAtTheEnd() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("While cleaning up: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        for (var child : List.copyOf(children).reversed()) {
            child.kill(); // together, and at once: nothing of theirs is needed any more
        }
        network.close();
    }
}
