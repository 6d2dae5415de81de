package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.Yaml;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A node that joined like any other and lies ({@code io.darter.agent.LyingPeer}), as a process. */
final class Liar implements AutoCloseable {
    private static final long ANSWER_SECONDS = 60;

    private final Process process;
    private final BufferedWriter orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final List<Long> liesMillis = new ArrayList<>();
    private final List<Long> wrongFetchesMillis = new ArrayList<>();

    private Liar(Process process) {
        this.process = process;
        this.orders = process.outputWriter();
        Thread.ofVirtual().name("liar's words").start(this::listen);
    }

    /** @param classPath of the agent's tests */
    static Liar start(String classPath, Path folder, String address, String token) throws IOException {
        Files.createDirectories(folder);
        Path tokenFile = Files.writeString(folder.resolve("join-token"), token);
        Path config = new Yaml()
                .with("joinTokenFile", tokenFile.toString())
                .with("dataDir", folder.resolve("data").toString())
                .with("peer.bind", address)
                .with("peer.port", AgentProcess.PEER_PORT)
                .with("peer.advertise", address)
                .write(folder.resolve("agent.yaml"));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "io.darter.agent.LyingPeer",
                config.toString());
        builder.environment().put("CLASSPATH", classPath);
        builder.redirectError(folder.resolve("liar.log").toFile());
        return new Liar(builder.start());
    }

    private void listen() {
        try (BufferedReader words = process.inputReader()) {
            for (String line = words.readLine(); line != null; line = words.readLine()) {
                if (line.startsWith("lied ")) {
                    synchronized (liesMillis) {
                        liesMillis.add(Long.parseLong(line.substring("lied ".length())));
                    }
                } else if (line.startsWith("fetched ")) {
                    synchronized (liesMillis) {
                        int pieces = Integer.parseInt(line.substring("fetched ".length()));
                        for (int i = 0; i < pieces; i++) {
                            wrongFetchesMillis.add(System.currentTimeMillis());
                        }
                    }
                } else {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            answers.add("gone: " + e);
        }
    }

    void awaitReady() throws IOException, InterruptedException {
        await("ready");
    }

    /** Returns once it has told the scheduler that it holds the content. */
    void lieAbout(String mode, String url, Path file) throws IOException, InterruptedException {
        synchronized (liesMillis) {
            liesMillis.clear();
            wrongFetchesMillis.clear();
        }
        orders.write(mode + " " + url + " " + file + "\n");
        orders.flush();
        await("offered");
    }

    private void await(String expected) throws IOException, InterruptedException {
        String answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (!expected.equals(answer)) {
            throw new IOException("the liar said " + answer + " instead of " + expected);
        }
    }

    /** Wall clock of each answer that was a lie, since the last order. */
    List<Long> liesMillis() {
        synchronized (liesMillis) {
            return List.copyOf(liesMillis);
        }
    }

    /** Wall clock of each piece that was fetched wrong, since the last order. */
    List<Long> wrongFetchesMillis() {
        synchronized (liesMillis) {
            return List.copyOf(wrongFetchesMillis);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
