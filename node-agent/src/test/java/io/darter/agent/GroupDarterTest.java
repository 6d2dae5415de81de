package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may use the agent that the systemd unit starts: root without capabilities, in the group darter. In mount namespaces of
 * their own, where there is such a group.
 */
@Timeout(180)
class GroupDarterTest {
    private static final int GROUP = 64_123;
    private static final byte[] BYTES = new byte[3_000_000];

    @TempDir
    Path folder = Path.of("replaced");

    private final List<Path> classPath = new ArrayList<>();
    private final List<Process> started = new ArrayList<>();
    private HttpServer origin;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "NOT RUN: mounting and changing the user need root");
        assumeTrue(
                new ProcessBuilder("unshare", "--mount", "setpriv", "--bounding-set=-all", "true")
                                .start()
                                .waitFor()
                        == 0,
                "NOT RUN: no mount namespaces here");
        new Random(11).nextBytes(BYTES);
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.createContext("/file", exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"1\"");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(BYTES.length));
            exchange.sendResponseHeaders(200, head ? -1 : BYTES.length);
            if (!head) {
                exchange.getResponseBody().write(BYTES);
            }
            exchange.close();
        });
        origin.start();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                folder.resolve("group"), Files.readString(Path.of("/etc/group")) + "darter:x:" + GROUP + ":\n");
        Path lib = Files.createDirectory(folder.resolve("lib"));
        int place = 0; // what a member may not read, as a folder of root's, is not to be in its class path
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (Files.exists(Path.of(entry))) {
                classPath.add(copy(
                        Path.of(entry),
                        lib.resolve("%03d-%s".formatted(place++, Path.of(entry).getFileName()))));
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Process process : started) {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        if (origin != null) {
            origin.stop(0);
        }
    }

    @Test
    void asTheUnitStartsItTheAgentServesMembersWhoTakeFilesFromItsStore() throws Exception {
        agent("--regid=" + GROUP);
        PosixFileAttributes socket = Files.readAttributes(folder.resolve("agent.sock"), PosixFileAttributes.class);
        assertEquals("rw-rw----", PosixFilePermissions.toString(socket.permissions()));
        assertEquals(GROUP, Files.getAttribute(folder.resolve("agent.sock"), "unix:gid"));

        Path mine = mine();
        String member = "--reuid=65534 --regid=" + GROUP;
        assertEquals(0, darter(member, "get", url(), "-o", mine.resolve("out").toString(), "--json"), this::said);
        assertArrayEquals(BYTES, Files.readAllBytes(mine.resolve("out")));
        assertTrue(said().contains("\"placed\":\"copied\""), this::said);
        // Only the owner of a file may link it: it is copied, and the command says so.
        assertEquals(0, darter(member, "get", url(), "-o", mine.resolve("two").toString(), "--link"), this::said);
        assertTrue(said().contains("cannot be linked"), this::said);

        assertEquals(5, darter("--reuid=65534 --regid=65534", "status"), this::said);
        assertEquals(
                0, darter("--bounding-set=-all", "get", url(), "-o", file("linked"), "--link", "--json"), this::said);
        assertTrue(said().contains("\"placed\":\"linked\""), this::said);
    }

    @Test
    void whereTheGroupIsNotItsToGiveRootStillTakesFilesFromItsStore() throws Exception {
        agent("--regid=0");
        assertTrue(Files.readString(folder.resolve("agent.log")).contains("start it in that group"), this::said);
        assertEquals(0, darter("--bounding-set=-all", "get", url(), "-o", file("out"), "--json"), this::said);
        assertTrue(said().contains("\"placed\":\"copied\""), this::said);
        assertEquals(
                0, darter("--bounding-set=-all", "get", url(), "-o", file("linked"), "--link", "--json"), this::said);
        assertTrue(said().contains("\"placed\":\"linked\""), this::said);
    }

    /** As the unit has it: no capabilities, umask 0027, a data folder that members may pass through. */
    private void agent(String as) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x---"));
        if (as.endsWith("" + GROUP)) {
            Files.setAttribute(data, "unix:gid", GROUP);
        }
        Files.writeString(
                folder.resolve("agent.yaml"),
                "dataDir: " + data + "\nsocket: " + folder.resolve("agent.sock")
                        + "\nmirror.port: 0\nhealth.port: 0\n");
        String line = "umask 0027; exec setpriv --clear-groups --bounding-set=-all " + as + " " + java()
                + " io.darter.agent.Agent --config " + folder.resolve("agent.yaml");
        start("agent.log", line);
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!Files.readString(folder.resolve("agent.log")).contains("agent started")) {
            assertTrue(System.nanoTime() < deadline, () -> "the agent does not start: " + text("agent.log"));
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private int darter(String as, String... words) throws Exception {
        String line = "exec setpriv --clear-groups " + as + " " + java() + " io.darter.agent.cli.Darter "
                + String.join(" ", words) + " --socket " + folder.resolve("agent.sock");
        Process command = start("said", line);
        assertTrue(command.waitFor(60, TimeUnit.SECONDS));
        return command.exitValue();
    }

    private String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java")
                + " --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
                + classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)) + "'";
    }

    /** A jar, or a folder of classes. */
    private static Path copy(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path each : all) {
            Files.copy(each, to.resolve(from.relativize(each).toString()));
        }
        return to;
    }

    private Process start(String output, String line) throws IOException {
        String inside = "mount --bind " + folder.resolve("group") + " /etc/group; " + line;
        Process process = new ProcessBuilder("unshare", "--mount", "sh", "-ec", inside)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(output).toFile())
                .start();
        started.add(process);
        return process;
    }

    /** A folder of the member's own. */
    private Path mine() throws IOException {
        Path mine = Files.createDirectory(folder.resolve("mine"));
        Files.setAttribute(mine, "unix:uid", 65_534);
        return mine;
    }

    private String url() {
        return "http://127.0.0.1:" + origin.getAddress().getPort() + "/file";
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private String said() {
        return text("said") + text("agent.log");
    }

    private String text(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
