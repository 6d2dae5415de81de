package io.darter.bench;

import io.darter.demo.Child;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A MariaDB server with an empty database {@code darter}, on loopback, in a folder of its own. */
public final class MariaDb implements AutoCloseable {
    public static final String USER = "darter";

    private static final String HOST = "127.0.0.1";
    private static final int PATIENCE_SECONDS = 60;

    private final Child server;
    private final int port;

    private MariaDb(Child server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Returns when it takes connections. */
    public static MariaDb start(Path folder, String password) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path data = folder.resolve("data");
        List<String> root = System.getProperty("user.name").equals("root") ? List.of("--user=root") : List.of();
        install(folder, data, root);
        Path first = Files.writeString(folder.resolve("first.sql"), """
                CREATE DATABASE IF NOT EXISTS darter CHARACTER SET utf8mb4;
                CREATE USER IF NOT EXISTS '%1$s'@'localhost' IDENTIFIED BY '%2$s';
                CREATE USER IF NOT EXISTS '%1$s'@'%%' IDENTIFIED BY '%2$s';
                GRANT ALL ON darter.* TO '%1$s'@'localhost';
                GRANT ALL ON darter.* TO '%1$s'@'%%';
                """.formatted(USER, password));
        int port = freePort();
        List<String> command = new ArrayList<>(List.of("/usr/sbin/mariadbd", "--no-defaults"));
        command.addAll(root);
        command.addAll(List.of(
                "--datadir=" + data,
                "--socket=" + folder.resolve("mariadb.sock"),
                "--pid-file=" + folder.resolve("mariadb.pid"),
                "--bind-address=" + HOST,
                "--port=" + port,
                "--innodb-buffer-pool-size=32M",
                "--init-file=" + first));
        MariaDb started = new MariaDb(Child.start("mariadbd", command, Map.of(), folder.resolve("log")), port);
        boolean good = false;
        try {
            started.awaitReady();
            good = true;
        } finally {
            if (!good) {
                started.close();
            }
        }
        return started;
    }

    private static void install(Path folder, Path data, List<String> root) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/mariadb-install-db",
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--datadir=" + data));
        command.addAll(root);
        try (Child install = Child.start("mariadb-install-db", command, Map.of(), folder.resolve("install.log"))) {
            if (!install.awaitExit(Duration.ofSeconds(PATIENCE_SECONDS)) || install.exitCode() != 0) {
                throw new IOException("mariadb-install-db failed:\n" + install.lastLines(10));
            }
        }
    }

    /** Of the database, as {@code database.url} takes it. */
    public String url() {
        return "jdbc:mysql://" + HOST + ":" + port + "/darter";
    }

    private void awaitReady() throws IOException, InterruptedException {
        for (int left = PATIENCE_SECONDS * 10; left > 0; left--) {
            if (!server.alive()) {
                throw new IOException("mariadbd ended:\n" + server.lastLines(10));
            }
            try (Socket socket = new Socket(InetAddress.ofLiteral(HOST), port)) {
                socket.setSoTimeout(1_000);
                if (socket.getInputStream().read() > 0) {
                    return; // its greeting
                }
            } catch (IOException e) {
                // not there yet
            }
            Thread.sleep(100);
        }
        throw new IOException("mariadbd was not ready within " + PATIENCE_SECONDS + " s:\n" + server.lastLines(10));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
            return socket.getLocalPort();
        }
    }

    public Child child() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
