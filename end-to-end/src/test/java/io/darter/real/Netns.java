package io.darter.real;

import io.darter.demo.HttpDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Several hosts on one machine: a network namespace each and one with a bridge between them. Nothing is added to the root
 * namespace. Names start with {@code dt} and the process id of the test, so that what a killed test left is found and
 * removed by the next one.
 */
final class Netns implements AutoCloseable {
    private static final Path NAMES = Path.of("/run/netns");

    private final String prefix = "dt" + ProcessHandle.current().pid()
            + HexFormat.of().toHexDigits((byte) ThreadLocalRandom.current().nextInt());
    private final List<String> names = new ArrayList<>();
    private int lastHost;

    private Netns() {}

    /**
     * One host.
     *
     * @param name of its namespace
     * @param address in 10.77.0.0/24
     */
    record Host(String name, String address) {
        /** The words that go before a command to run it there. */
        List<String> prefix() {
            return RealParts.inNamespace(name, List.of());
        }

        /** HTTP as a process of this host sees it. The login goes by standard input, not by the list of words. */
        HttpDoor door() {
            return (method, url, login, json) -> {
                var config = new StringBuilder();
                if (login != null) {
                    config.append("user = \"")
                            .append(login.user())
                            .append(':')
                            .append(login.password())
                            .append("\"\n");
                }
                if (json != null) {
                    config.append("header = \"Content-Type: application/json\"\n");
                    config.append("data = \"")
                            .append(json.replace("\"", "\\\""))
                            .append("\"\n");
                }
                var done = Shell.tryRun(
                        Map.of(),
                        20,
                        RealParts.inNamespace(
                                name,
                                List.of(
                                        "curl",
                                        "-sS",
                                        "-m",
                                        "15",
                                        "-K",
                                        "-",
                                        "-X",
                                        method,
                                        "-w",
                                        "\n%{http_code}",
                                        url)),
                        config.toString());
                if (done.exitCode() != 0) {
                    throw new IOException(done.output());
                }
                var end = done.output().lastIndexOf('\n');
                return new HttpDoor.Answer(
                        Integer.parseInt(done.output().substring(end + 1).strip()),
                        done.output().substring(0, end));
            };
        }
    }

    static Netns create() throws IOException, InterruptedException {
        removeStale();
        var net = new Netns();
        try {
            var sw = net.add("sw");
            Shell.run("ip", "-n", sw, "link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0");
            Shell.run("ip", "-n", sw, "link", "set", "br0", "up");
            return net;
        } catch (IOException e) {
            net.close();
            throw e;
        }
    }

    private String add(String host) throws IOException, InterruptedException {
        var name = prefix + host;
        Shell.run("ip", "netns", "add", name);
        names.add(name);
        return name;
    }

    /** @param megabitsPerSecond each way; 0 = as fast as it goes */
    Host host(String label, int megabitsPerSecond) throws IOException, InterruptedException {
        var number = ++lastHost;
        var address = "10.77.0." + number;
        var name = add(label);
        var sw = names.getFirst();
        var port = "p" + number;
        Shell.run("ip", "-n", sw, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name);
        Shell.run("ip", "-n", sw, "link", "set", port, "master", "br0", "up");
        Shell.run("ip", "-n", name, "link", "set", "lo", "up");
        Shell.run("ip", "-n", name, "addr", "add", address + "/24", "brd", "+", "dev", "eth0");
        Shell.run("ip", "-n", name, "link", "set", "eth0", "up");
        if (megabitsPerSecond > 0) {
            shape(name, "eth0", megabitsPerSecond);
            shape(sw, port, megabitsPerSecond);
        }
        return new Host(name, address);
    }

    /** A burst above 64 KiB, so that the shaper need not cut large packets up, which costs CPU. */
    private static void shape(String namespace, String device, int megabitsPerSecond)
            throws IOException, InterruptedException {
        var queueBytes = Math.max(256_000, megabitsPerSecond * 125_000 / 20);
        Shell.run(("tc -n " + namespace + " qdisc add dev " + device + " root tbf rate " + megabitsPerSecond
                        + "mbit burst 128kb limit " + queueBytes)
                .split(" "));
    }

    private static void removeStale() throws IOException, InterruptedException {
        if (Files.notExists(NAMES)) {
            return;
        }
        try (var all = Files.newDirectoryStream(NAMES, "dt[0-9]*")) {
            for (var one : all) {
                var name = one.getFileName().toString();
                // dt, the process id, two digits of chance, the label
                var digits = name.substring(2).replaceFirst("[^0-9].*", "");
                if (!ownedByTheLiving(digits)) {
                    remove(name);
                }
            }
        }
    }

    /** The chance digits may be decimal too: the process id is the run of digits, or that without its last one or two. */
    private static boolean ownedByTheLiving(String digits) {
        for (var cut = 0; cut <= 2 && digits.length() > cut; cut++) {
            var pid = Long.parseLong(digits.substring(0, digits.length() - cut));
            if (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
                return true;
            }
        }
        return false;
    }

    /** Ends whatever still runs inside, then removes the namespace. */
    private static void remove(String name) throws IOException, InterruptedException {
        for (var pid : Shell.tryRun(Map.of(), 20, List.of("ip", "netns", "pids", name))
                .output()
                .lines()
                .toList()) {
            if (pid.matches("\\d+")) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        Shell.tryRun(Map.of(), 20, List.of("ip", "netns", "delete", name));
    }

    @Override
    public void close() throws IOException {
        try {
            for (var name : names.reversed()) {
                remove(name);
            }
        } catch (InterruptedException _) {
            // What is left is removed by the next run
            Thread.currentThread().interrupt();
        }
        names.clear();
    }
}
