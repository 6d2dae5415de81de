package io.darter.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One run of the demo launcher as a process of its own, with an own folder for temporary files. */
final class DemoRun implements AutoCloseable {
    private static final int SECONDS_MAX = 150;

    private final Process process;
    private final Path temporary;
    private final Path out;
    private final Path err;

    private DemoRun(Process process, Path temporary, Path out, Path err) {
        this.process = process;
        this.temporary = temporary;
        this.out = out;
        this.err = err;
    }

    /** @param folder for its output; {@code folder/tmp} is what it takes for the folder of temporary files */
    static DemoRun start(Path folder, String... arguments) throws IOException {
        var temporary = Files.createDirectories(folder.resolve("tmp"));
        // Who runs the tests in the background has Ctrl-C ignored, and that would be inherited
        var command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "io.darter.demo.Demo",
                "--server-classpath",
                "@" + Files.writeString(folder.resolve("server.cp"), ClassPaths.server()),
                "--agent-classpath",
                "@" + Files.writeString(folder.resolve("agent.cp"), ClassPaths.agent())));
        command.addAll(List.of(arguments));
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("CLASSPATH", ClassPaths.demo());
        return new DemoRun(builder.start(), temporary, out, err);
    }

    /** Waits for its end. */
    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the demo did not end within " + SECONDS_MAX + " s\n" + words());
        }
        return process.exitValue();
    }

    /** The last line of its standard output. */
    JsonNode json() throws IOException {
        var lines = Files.readAllLines(out);
        return JsonMapper.shared().readTree(lines.getLast());
    }

    String words() throws IOException {
        return Files.readString(err);
    }

    /** Waits until it has said these words on standard error. */
    void awaitWords(String words) throws IOException, InterruptedException {
        Poll.until("the demo says: " + words, SECONDS_MAX, () -> {
            if (!process.isAlive()) {
                throw new IOException("the demo has ended: " + words());
            }
            return words().contains(words);
        });
    }

    /** As Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
        Shell.run("kill", "-INT", Long.toString(process.pid()));
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Work folders that are left. */
    long leftFolders() throws IOException {
        try (var files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("darter-"))
                    .count();
        }
    }

    /** Living processes that have anything to do with this run's folder. */
    List<String> leftProcesses() {
        return ProcessHandle.allProcesses()
                .filter(ProcessHandle::isAlive)
                .filter(one -> one.pid() != process.pid())
                .map(one -> one.info().commandLine().orElse(""))
                .filter(line -> line.contains(temporary.toString()))
                .toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
