package io.darter.real;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The programs that tests with real parts need, by Debian package. Missing ones are installed if this is root; otherwise
 * the test is reported as not run.
 */
final class RealParts {
    private static final Map<String, String> PACKAGE_OF = Map.ofEntries(
            Map.entry("containerd", "containerd"),
            Map.entry("ctr", "containerd"),
            Map.entry("docker-registry", "docker-registry"),
            Map.entry("nginx", "nginx-light"),
            Map.entry("skopeo", "skopeo"),
            Map.entry("podman", "podman"),
            Map.entry("curl", "curl"),
            Map.entry("ip", "iproute2"),
            Map.entry("tc", "iproute2"),
            Map.entry("nsenter", "util-linux"),
            Map.entry("redis-server", "redis-server"),
            Map.entry("mariadbd", "mariadb-server"));

    private RealParts() {}

    /** Skips the test, with the reason, unless this is root and every program is there or could be installed. */
    static void require(String... programs) throws IOException, InterruptedException {
        requirePrograms(programs);
        ClassPaths.require();
    }

    /** The same for a test that needs the programs only, and nothing of Darter. */
    static void requirePrograms(String... programs) throws IOException, InterruptedException {
        assumeTrue(
                System.getProperty("user.name").equals("root"),
                "NOT RUN: needs root for network namespaces and container runtimes; run ./dev test as root");
        assumeTrue(
                System.getProperty("os.name").equals("Linux"),
                "NOT RUN: needs Linux for network namespaces and container runtimes");
        for (var program : programs) {
            assumeTrue(install(program), "NOT RUN: " + program + " is missing and could not be installed by apt-get");
        }
    }

    /** True if the program is there, now or already. */
    static boolean install(String program) throws IOException, InterruptedException {
        if (present(program)) {
            return true;
        }
        if (!Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            return false;
        }
        refuseServiceStarts();
        var wanted = PACKAGE_OF.getOrDefault(program, program);
        for (var command : List.of(
                List.of("apt-get", "install", "-y", "--no-install-recommends", wanted),
                List.of("apt-get", "update"),
                List.of("apt-get", "install", "-y", "--no-install-recommends", wanted))) {
            Shell.tryRun(Map.of("DEBIAN_FRONTEND", "noninteractive"), 180, command);
            if (present(program)) {
                return true;
            }
        }
        return false;
    }

    private static boolean present(String program) {
        return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin").stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** A server that is installed for a test must not take its standard port. */
    private static void refuseServiceStarts() throws IOException {
        var policy = Path.of("/usr/sbin/policy-rc.d");
        if (Files.notExists(policy)) {
            Files.writeString(policy, "#!/bin/sh\nexit 101\n");
            Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** The words that start a program inside a network namespace. */
    static List<String> inNamespace(String namespace, List<String> command) {
        var words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        words.addAll(command);
        return words;
    }
}
