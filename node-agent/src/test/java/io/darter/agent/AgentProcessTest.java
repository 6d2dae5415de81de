package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.http.ManagerSocket;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a service: its process, from outside. */
@Timeout(120)
class AgentProcessTest {
    @TempDir
    Path folder = Path.of("replaced");

    @Test
    void aServiceTellsItsManagerReadsItsConfigurationAgainAndEndsWell() throws Exception {
        int health = freePort();
        String yaml = "dataDir: " + folder.resolve("data") + "\nsocket: " + folder.resolve("a.sock")
                + "\nmirror.port: 0\nhealth.port: " + health + "\nlogFile: " + folder.resolve("log") + "\n";
        Path file = Files.writeString(folder.resolve("agent.yaml"), yaml);
        try (ManagerSocket manager = new ManagerSocket(folder.resolve("notify"))) {
            Process agent = start(
                    Map.of("NOTIFY_SOCKET", folder.resolve("notify").toString(), "WATCHDOG_USEC", "900000"),
                    "--config",
                    file.toString());
            try {
                manager.await("READY=1");
                manager.await("WATCHDOG=1");
                assertTrue(metrics(health).contains("darter_scheduler_linked 0\n"));

                Files.writeString(file, yaml + "uploadRate: 5MB\nregistries: [{host: r.example, plainHttp: true}]\n");
                assertEquals(0, run("--config", file.toString(), "reload"), this::said);
                Files.writeString(file, yaml + "uploadRate: 6MB\nzone: other\n");
                assertEquals(2, run("--config", file.toString(), "reload"));
                assertTrue(said().contains("cannot change zone; nothing has been changed"), this::said);
                Files.writeString(file, yaml + "uplaodRate: 6MB\n");
                assertEquals(2, run("--config", file.toString(), "check-config"));
                assertTrue(said().contains("\"uploadRate\""), this::said);

                agent.destroy();
                manager.await("STOPPING=1");
                assertTrue(agent.waitFor(30, TimeUnit.SECONDS));
                assertEquals(0, agent.exitValue());
                assertTrue(Files.readString(folder.resolve("log.0")).contains("agent started"));
            } finally {
                agent.destroyForcibly();
            }
        }
    }

    private static String metrics(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private int run(String... arguments) throws Exception {
        Process process = start(Map.of(), arguments);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue();
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.darter.agent.Agent"));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
