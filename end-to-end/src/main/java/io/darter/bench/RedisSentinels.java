package io.darter.bench;

import io.darter.demo.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Redis master with two replicas and three Sentinels, on loopback, with a password; the master may be killed. */
public final class RedisSentinels implements AutoCloseable {
    public static final String MASTER_NAME = "darter";

    private static final String HOST = "127.0.0.1";
    private static final int REPLICAS = 2;
    private static final int SENTINELS = 3;
    private static final int PATIENCE_SECONDS = 40;

    private final Path folder;
    private final String password;
    private final List<Server> servers = new ArrayList<>();
    private final List<Server> sentinels = new ArrayList<>();

    /** Found once. */
    private volatile String ownerKey = "";

    private record Server(Child child, int port) {}

    private RedisSentinels(Path folder, String password) {
        this.folder = folder;
        this.password = password;
    }

    /** Returns when the Sentinels know each other and both replicas. */
    public static RedisSentinels start(Path folder, String password) throws IOException, InterruptedException {
        RedisSentinels all = new RedisSentinels(Files.createDirectories(folder), password);
        boolean good = false;
        try {
            all.startAll();
            good = true;
        } finally {
            if (!good) {
                all.close();
            }
        }
        return all;
    }

    private void startAll() throws IOException, InterruptedException {
        int masterPort = freePort();
        for (int number = 0; number <= REPLICAS; number++) {
            int port = number == 0 ? masterPort : freePort();
            String more = number == 0 ? "" : "replicaof " + HOST + " " + masterPort + "\n";
            servers.add(server("redis-" + number, port, false, """
                    save ""
                    appendonly no
                    repl-diskless-sync-delay 0
                    requirepass %s
                    masterauth %s
                    %s""".formatted(password, password, more)));
        }
        for (int number = 0; number < SENTINELS; number++) {
            sentinels.add(server(
                    "sentinel-" + number, freePort(), true, """
                    sentinel monitor %1$s %2$s %3$d 2
                    sentinel auth-pass %1$s %4$s
                    sentinel down-after-milliseconds %1$s 1000
                    sentinel failover-timeout %1$s 5000
                    """.formatted(MASTER_NAME, HOST, masterPort, password)));
        }
        for (Server sentinel : sentinels) {
            await("a Sentinel knows all", () -> {
                String told = ask(sentinel.port(), false, "SENTINEL master " + MASTER_NAME, 200);
                return told.contains("num-slaves\n$1\n" + REPLICAS)
                        && told.contains("num-other-sentinels\n$1\n" + (SENTINELS - 1));
            });
        }
    }

    private Server server(String name, int port, boolean sentinel, String configuration) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        Path file = Files.writeString(own.resolve("redis.conf"), """
                bind %s
                port %d
                dir "%s"
                daemonize no
                %s""".formatted(HOST, port, own, configuration));
        List<String> command = new ArrayList<>(List.of("redis-server", file.toString()));
        if (sentinel) {
            command.add("--sentinel");
        }
        return new Server(Child.start(name, command, Map.of(), own.resolve("log")), port);
    }

    /** {@code host:port} of each Sentinel. */
    public List<String> addresses() {
        return sentinels.stream().map(sentinel -> HOST + ":" + sentinel.port()).toList();
    }

    /** The port of the master, by the word of the Sentinels. */
    public int masterPort() throws IOException {
        List<String> lines = ask(
                        sentinels.getFirst().port(), false, "SENTINEL get-master-addr-by-name " + MASTER_NAME, 5)
                .lines()
                .toList();
        return lines.size() < 5 ? 0 : Integer.parseInt(lines.get(4).strip());
    }

    /** Which replica owned the only cluster last, by the word of the master; empty: none, or no master. */
    public String owner() {
        try {
            int port = masterPort();
            if (ownerKey.isEmpty()) {
                ownerKey = only(port, "KEYS darter:*:owner");
            }
            return ownerKey.isEmpty() ? "" : only(port, "GET " + ownerKey);
        } catch (IOException e) {
            return "";
        }
    }

    /** The one value of an answer; empty if there is none. */
    private String only(int port, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral(HOST), port);
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.setSoTimeout(1000);
            String text = "AUTH " + password + "\r\n" + command + "\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            answer.readLine();
            String line = String.valueOf(answer.readLine());
            if (line.equals("*1")) {
                line = String.valueOf(answer.readLine());
            }
            return line.matches("\\$\\d+") ? String.valueOf(answer.readLine()) : "";
        }
    }

    /** Returns as soon as one more batch of origin leases is in the journal. */
    public void awaitGrant() throws IOException, InterruptedException {
        String before = ask(masterPort(), true, "XLEN darter:origin-leases", 1);
        for (int left = 500; left > 0; left--) {
            if (!ask(masterPort(), true, "XLEN darter:origin-leases", 1).equals(before)) {
                return;
            }
            Thread.sleep(10);
        }
        throw new IOException("nothing was granted at the origin for 5 s");
    }

    /** As kill -9 does; answers what proves it. */
    public String killMaster() throws IOException, InterruptedException {
        int port = masterPort();
        Server master = servers.stream()
                .filter(server -> server.port() == port)
                .findFirst()
                .orElseThrow();
        master.child().kill();
        if (!master.child().awaitExit(Duration.ofSeconds(10))) {
            throw new IOException("the Redis master did not die");
        }
        return "Redis master on port " + port + " (process " + master.child().pid() + ") ended with "
                + master.child().exitCode();
    }

    /** Waits until another one is the master and the appliance writes to it; answers what proves it. */
    public String awaitNextMaster(int oldPort) throws IOException, InterruptedException {
        await("another master", () -> {
            int port = masterPort();
            return port != 0 && port != oldPort;
        });
        int port = masterPort();
        await(
                "the new master takes writes",
                () -> ask(port, true, "DEL darter:replicas", 1).startsWith(":"));
        await(
                "the appliance writes to it",
                () -> ask(port, true, "EXISTS darter:replicas", 1).equals(":1"));
        return "the Sentinels made port " + port + " the master, and the appliance writes there";
    }

    private interface Question {
        boolean answeredYes() throws IOException;
    }

    private static void await(String what, Question question) throws IOException, InterruptedException {
        for (int left = PATIENCE_SECONDS * 10; left > 0; left--) {
            try {
                if (question.answeredYes()) {
                    return;
                }
            } catch (IOException e) {
                // not there yet, or not any more
            }
            Thread.sleep(100);
        }
        throw new IOException("not within " + PATIENCE_SECONDS + " s: " + what);
    }

    /** The first lines of the answer, as many as come without a pause. */
    private String ask(int port, boolean login, String command, int linesMax) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral(HOST), port);
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.setSoTimeout(1000);
            String text = (login ? "AUTH " + password + "\r\n" : "") + command + "\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            if (login) {
                answer.readLine();
            }
            List<String> lines = new ArrayList<>();
            lines.add(String.valueOf(answer.readLine()));
            while (lines.size() < linesMax && answer.ready()) {
                lines.add(answer.readLine());
            }
            return String.join("\n", lines);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        sentinels.forEach(sentinel -> sentinel.child().close());
        servers.forEach(server -> server.child().close());
    }
}
