package io.darter.installer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts an installed agent, on machines and in control groups that are folders of the test's. */
@Timeout(60)
class LauncherTest {
    private static final Path SCRIPT = Path.of("../installer/darter-agent/bin/darter-agent");
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder = Path.of("replaced");

    @BeforeEach
    void install() throws IOException {
        String script = Files.readString(SCRIPT)
                .replace("/proc/", folder + "/proc/")
                .replace("/sys/fs/cgroup", folder + "/cgroup");
        write("bin/darter-agent", script);
        write("runtime/bin/java", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        for (String program : new String[] {"bin/darter-agent", "runtime/bin/java"}) {
            Files.setPosixFilePermissions(folder.resolve(program), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        write("proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
        write("proc/self/cgroup", "0::/system.slice/darter-agent.service\n");
    }

    @Test
    void theMachinesMemoryCountsWhereNothingElseIsSaid() throws Exception {
        assertEquals(128, heapMiB());
        write("proc/meminfo", "MemTotal:        3145728 kB\n");
        assertEquals(96, heapMiB());
        write("proc/meminfo", "MemTotal:        1048576 kB\n");
        assertEquals(64, heapMiB());
        Files.delete(folder.resolve("proc/self/cgroup"));
        assertEquals(64, heapMiB());
    }

    @Test
    void theLimitOfTheControlGroupCountsIfItIsLess() throws Exception {
        write("cgroup/system.slice/darter-agent.service/memory.max", "max\n");
        assertEquals(128, heapMiB());
        write("cgroup/system.slice/darter-agent.service/memory.max", 3072 * MIB + "\n");
        assertEquals(96, heapMiB());
        write("cgroup/system.slice/memory.max", 256 * MIB + "\n");
        assertEquals(64, heapMiB(), "a group around it has less");
        write("cgroup/system.slice/memory.max", 65_536 * MIB + "\n");
        write("cgroup/system.slice/darter-agent.service/memory.max", 65_536 * MIB + "\n");
        assertEquals(128, heapMiB());
    }

    /** It has a namespace of its own: its group is the root. */
    @Test
    void aContainersLimitIsAtTheRoot() throws Exception {
        write("proc/self/cgroup", "0::/\n");
        write("cgroup/memory.max", 2304 * MIB + "\n");
        assertEquals(72, heapMiB());
    }

    @Test
    void versionOneHasTheLimitElsewhereAndAHugeOneForNone() throws Exception {
        write("proc/self/cgroup", "9:name=systemd:/\n4:memory:/docker/abc\n3:cpuset:/\n0::/\n");
        write("cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
        assertEquals(128, heapMiB());
        write("cgroup/memory/docker/abc/memory.limit_in_bytes", 3072 * MIB + "\n");
        assertEquals(96, heapMiB());
        Files.delete(folder.resolve("cgroup/memory/docker/abc/memory.limit_in_bytes"));
        write("cgroup/memory/memory.limit_in_bytes", 2304 * MIB + "\n");
        assertEquals(72, heapMiB(), "inside of the container it is at the root");
    }

    @Test
    void anAgentWithoutMemoryEndsSoThatItIsStartedAnew() throws Exception {
        assertTrue(started().contains("\n-XX:+ExitOnOutOfMemoryError\n"));
        assertTrue(started().endsWith("\nio.darter.agent.Agent\n--config\na b.yaml\n"));
    }

    private int heapMiB() throws Exception {
        String words = started();
        String heap = words.replaceAll("(?s).*\n-Xmx(\\d+)m\n.*", "$1");
        assertTrue(words.contains("\n-XX:MaxDirectMemorySize=" + heap + "m\n"), words);
        return Integer.parseInt(heap);
    }

    private String started() throws IOException, InterruptedException {
        Process script = new ProcessBuilder(folder.resolve("bin/darter-agent").toString(), "--config", "a b.yaml")
                .redirectErrorStream(true)
                .start();
        String words = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(script.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, script.exitValue(), words);
        return words;
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
