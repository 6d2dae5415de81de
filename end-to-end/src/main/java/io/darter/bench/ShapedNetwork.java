package io.darter.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hosts on one machine: a network namespace each, and one with a bridge between them. A host's upload is shaped at its own end
 * of the wire, its download at the bridge's; TCP is cubic. Nothing is added to the root namespace. Names begin with {@code dsn} and the
 * process id; what a killed measurement left is removed by the next one. Needs root.
 */
public final class ShapedNetwork implements AutoCloseable {
    private static final Path NAMES = Path.of("/run/netns");
    private static final String MARK = "dsn";
    /** How much may wait at a shaper: what passes in 50 ms. */
    private static final double QUEUE_SECONDS = 0.05;

    private static final int QUEUE_BYTES_MIN = 256_000;

    private static final AtomicInteger NETWORKS = new AtomicInteger();

    private final String prefix = MARK + ProcessHandle.current().pid() + "." + NETWORKS.incrementAndGet();
    private final Map<String, Host> hosts = new LinkedHashMap<>();

    private ShapedNetwork() {}

    /** Megabits per second each way; 0 = as fast as it goes. */
    public record Rate(double upMbit, double downMbit) {
        public static Rate of(double mbit) {
            return new Rate(mbit, mbit);
        }
    }

    /** @param name short: it is part of the names of namespace and port */
    public record Host(String name, String namespace, String address, Rate rate) {
        /** The words that go before a command to run it there. */
        public List<String> prefix() {
            return List.of("nsenter", "--net=/run/netns/" + namespace);
        }

        /** Told beforehand, so that nobody asks for it: learnt addresses count against one limit of the whole kernel. */
        private String hardware() {
            var hex = new StringBuilder("02:4d");
            for (var part : address.split("\\.", -1)) {
                hex.append(String.format(":%02x", Integer.parseInt(part)));
            }
            return hex.toString();
        }
    }

    /** What crossed a host's wire until now, with all headers and what was sent again. */
    public record Traffic(long sentBytes, long receivedBytes) {}

    public static ShapedNetwork create() throws IOException, InterruptedException {
        removeStale();
        var network = new ShapedNetwork();
        var bridge = network.bridge();
        Command.run("ip netns add " + bridge + " && ip -n " + bridge
                + " link add br0 type bridge stp_state 0 mcast_snooping 0 && ip -n " + bridge + " link set br0 up");
        return network;
    }

    private String bridge() {
        return prefix + "-sw";
    }

    /** @param address in 10.77.0.0/16 */
    public Host host(String name, String address, Rate rate) throws IOException, InterruptedException {
        var host = new Host(name, prefix + "-" + name, address, rate);
        hosts.put(name, host);
        var space = host.namespace();
        var port = "p-" + name;
        Command.run("ip netns add " + space + " && ip -n " + bridge() + " link add " + port
                + " type veth peer name eth0 address " + host.hardware() + " netns " + space + " && ip -n " + bridge()
                + " link set " + port + " master br0 up && ip -n " + space + " link set lo up && ip -n " + space
                + " addr add " + address + "/16 brd + dev eth0 && ip -n " + space + " link set eth0 up && ip -n "
                + space
                + " route replace 10.77.0.0/16 dev eth0 proto kernel scope link src " + address + " congctl cubic");
        shape(space, "eth0", rate.upMbit());
        shape(bridge(), port, rate.downMbit());
        return host;
    }

    /** A burst above 64 KiB, so that the shaper need not cut large packets up, which costs processor time. */
    private static void shape(String namespace, String device, double mbit) throws IOException, InterruptedException {
        if (mbit > 0) {
            var waiting = Math.max(QUEUE_BYTES_MIN, (long) (mbit * 125_000 * QUEUE_SECONDS));
            Command.run("tc -n " + namespace + " qdisc add dev " + device + " root tbf rate " + mbit
                    + "mbit burst 128kb limit " + waiting);
        }
    }

    /** Every host learns every other's address on the wire, once all are there. */
    void introduce() throws IOException, InterruptedException {
        for (var host : hosts.values()) {
            var lines = new StringBuilder();
            for (var other : hosts.values()) {
                if (!other.equals(host)) {
                    lines.append("neigh replace ").append(other.address());
                    lines.append(" lladdr ").append(other.hardware()).append(" dev eth0 nud permanent\n");
                }
            }
            var file = Files.createTempFile("darter-neighbours-", "");
            try {
                Files.writeString(file, lines);
                Command.run("ip -n " + host.namespace() + " -batch " + file);
            } finally {
                Files.delete(file);
            }
        }
    }

    /** Counted at the bridge. */
    public Traffic traffic(Host host) throws IOException, InterruptedException {
        var link = JsonMapper.shared()
                .readTree(Command.run("ip -n " + bridge() + " -j -s link show dev p-" + host.name())
                        .output())
                .path(0)
                .path("stats64");
        return new Traffic(
                link.path("rx").path("bytes").asLong(),
                link.path("tx").path("bytes").asLong());
    }

    /** Ends whatever still runs inside, and removes all. */
    @Override
    public void close() throws IOException {
        var spaces = new ArrayList<String>();
        hosts.values().forEach(host -> spaces.add(host.namespace()));
        spaces.add(bridge());
        hosts.clear();
        try {
            remove(spaces);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // what is left is removed by the next one
        }
    }

    private static void removeStale() throws IOException, InterruptedException {
        var stale = new ArrayList<String>();
        if (Files.isDirectory(NAMES)) {
            try (var all = Files.newDirectoryStream(NAMES, MARK + "[0-9]*")) {
                for (var one : all) {
                    var name = one.getFileName().toString();
                    var owner = Long.parseLong(name.replaceFirst("^" + MARK + "(\\d+).*", "$1"));
                    if (ProcessHandle.of(owner).isEmpty()) {
                        stale.add(name);
                    }
                }
            }
        }
        remove(stale);
    }

    private static void remove(List<String> spaces) throws IOException, InterruptedException {
        for (var space : spaces) {
            var asked = new ProcessBuilder("ip", "netns", "pids", space).start();
            var pids = new String(asked.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            asked.waitFor(10, TimeUnit.SECONDS);
            pids.lines()
                    .filter(pid -> pid.matches("\\d+"))
                    .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
            new ProcessBuilder("ip", "netns", "delete", space).start().waitFor(10, TimeUnit.SECONDS);
        }
    }
}
