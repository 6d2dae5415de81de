package io.darter.appliance.coordination;

import io.darter.appliance.keys.PrivateFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.embedded.core.ExecutableProvider;

/**
 * A redis-server of the appliance's own: on a free loopback port, with a password, in its own folder; the system's
 * program if there is one, else the bundled one. It ends with the appliance, also when that is killed: the kernel ends a
 * child whose parent thread dies ({@code setpriv --pdeathsig}), and one that was left behind all the same is found by
 * its pid file and ended at the next start.
 */
final class PrivateRedis implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PrivateRedis.class);
    private static final long END_SECONDS = 5;

    private final Path folder;
    private final SecureRandom random;
    private volatile @Nullable Process process;
    private String url = "";
    private String password = "";

    PrivateRedis(Path folder, SecureRandom random) {
        this.folder = folder;
        this.random = random;
    }

    void start() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        endStale();
        int port = freePort();
        byte[] secret = new byte[24];
        random.nextBytes(secret);
        password = HexFormat.of().formatHex(secret);
        url = "redis://127.0.0.1:" + port;
        PrivateFiles.write(folder.resolve("redis.conf"), configuration(port));
        CountDownLatch launched = new CountDownLatch(1);
        // The thread that launches must live as long as the process: its end would be the child's.
        Thread.ofPlatform().name("redis-keeper").daemon().start(() -> keep(launched));
        launched.await();
        if (process == null) {
            throw new IOException("redis-server could not be launched");
        }
    }

    boolean isRunning() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** {@code redis://127.0.0.1:port}. */
    String url() {
        return url;
    }

    String password() {
        return password;
    }

    @Override
    public void close() {
        Process running = process;
        if (running == null) {
            return;
        }
        end(running.toHandle());
        try {
            Files.deleteIfExists(folder.resolve("redis.pid"));
        } catch (IOException e) {
            log.atDebug().setCause(e).log("pid file left");
        }
    }

    private void keep(CountDownLatch launched) {
        try {
            Process child = new ProcessBuilder(command())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("redis.log").toFile())
                    .start();
            child.getOutputStream().close();
            process = child;
            launched.countDown();
            child.waitFor();
        } catch (IOException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("redis-server could not be launched");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            launched.countDown();
        }
    }

    private List<String> command() throws IOException {
        List<String> command = new ArrayList<>();
        findProgram("setpriv").ifPresent(setpriv -> command.addAll(List.of(setpriv.toString(), "--pdeathsig", "TERM")));
        Optional<Path> installed = findProgram("redis-server");
        command.add(installed.isPresent() ? installed.get().toString() : bundledProgram());
        command.add(folder.resolve("redis.conf").toString());
        return command;
    }

    /** Unpacked into the folder. */
    private String bundledProgram() throws IOException {
        return ExecutableProvider.newJarResourceProvider(folder.toFile()).get().getPath();
    }

    private String configuration(int port) {
        return """
                bind 127.0.0.1
                port %d
                requirepass %s
                dir "%s"
                pidfile "%s"
                daemonize no
                save ""
                appendonly no
                maxmemory 256mb
                maxmemory-policy noeviction
                """.formatted(port, password, folder, folder.resolve("redis.pid"));
    }

    /** A server that an earlier process left behind; only if it is certainly ours. */
    private void endStale() throws IOException {
        Path pidFile = folder.resolve("redis.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        String text = Files.readString(pidFile).strip();
        Path commandLine = Path.of("/proc", text, "cmdline");
        if (text.matches("\\d{1,10}") && Files.isReadable(commandLine)) {
            boolean ours = Files.readString(commandLine).contains("redis-server")
                    && Files.readSymbolicLink(Path.of("/proc", text, "cwd")).equals(folder.toRealPath());
            if (ours) {
                log.atInfo().addKeyValue("pid", text).log("ending the redis-server of an earlier run");
                ProcessHandle.of(Long.parseLong(text)).ifPresent(PrivateRedis::end);
            }
        }
        Files.deleteIfExists(pidFile);
    }

    private static void end(ProcessHandle handle) {
        handle.destroy();
        try {
            handle.onExit().get(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            handle.destroyForcibly();
        } catch (ExecutionException | TimeoutException e) {
            handle.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Optional<Path> findProgram(String name) {
        for (String folder : List.of("/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/opt/redis/bin")) {
            Path program = Path.of(folder, name);
            if (Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }
}
