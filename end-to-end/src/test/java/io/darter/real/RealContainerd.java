package io.darter.real;

import io.darter.demo.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real containerd with an own root, state and socket, whose pulls go to a mirror first. */
final class RealContainerd implements AutoCloseable {
    private static final int PULL_SECONDS = 120;

    private final Child child;
    private final Path socket;
    private final Path hostsDir;
    private final String namespace;

    private RealContainerd(Child child, Path socket, Path hostsDir, String namespace) {
        this.child = child;
        this.socket = socket;
        this.hostsDir = hostsDir;
        this.namespace = namespace;
    }

    /**
     * @param namespace network namespace of the node
     * @param registry host and port of the upstream, by plain HTTP
     * @param mirror tried first; empty for none
     */
    static RealContainerd start(Path folder, String namespace, String registry, String mirror)
            throws IOException, InterruptedException {
        var socket = folder.resolve("c.sock");
        var config = folder.resolve("containerd.toml");
        Files.writeString(config, """
                version = 2
                root = "%s"
                state = "%s"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
                [grpc]
                  address = "%s"
                """.formatted(folder.resolve("root"), folder.resolve("state"), socket));
        var hosts = Files.createDirectories(folder.resolve("certs.d").resolve(registry));
        // A hosts.toml without any host is refused by this containerd, hence the registry itself if there is no mirror
        Files.writeString(
                hosts.resolve("hosts.toml"), """
                server = "http://%s"
                [host."%s"]
                  capabilities = ["pull", "resolve"]
                  dial_timeout = "200ms"
                """.formatted(registry, mirror.isEmpty() ? "http://" + registry : mirror));
        var child = Child.start(
                "containerd",
                RealParts.inNamespace(namespace, List.of("containerd", "--config", config.toString())),
                Map.of(),
                folder.resolve("containerd.log"));
        var containerd = new RealContainerd(child, socket, folder.resolve("certs.d"), namespace);
        Poll.until("containerd answers", 30, () -> {
            if (!child.alive()) {
                throw new IOException("containerd ended:\n" + child.lastLines(10));
            }
            return Files.exists(socket) && containerd.ctr(10, "version").exitCode() == 0;
        });
        return containerd;
    }

    private Shell.Done ctr(int seconds, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ctr", "--address", socket.toString()));
        command.addAll(List.of(words));
        // ctr does the HTTP of a pull itself, so it has to be inside
        return Shell.tryRun(Map.of(), seconds, RealParts.inNamespace(namespace, command));
    }

    /** Downloads and unpacks. */
    Shell.Done pull(String reference) throws IOException, InterruptedException {
        return ctr(
                PULL_SECONDS,
                "images",
                "pull",
                "--hosts-dir",
                hostsDir.toString(),
                "--snapshotter",
                "native",
                reference);
    }

    /** Digests of everything in its content store. */
    List<String> digests() throws IOException, InterruptedException {
        var done = ctr(20, "content", "ls", "-q");
        if (done.exitCode() != 0) {
            throw new IOException("ctr content ls: " + done.output());
        }
        return done.output()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** The blob file in its content store, to be hashed again. */
    Path blob(Path folder, String digest) {
        return folder.resolve("root/io.containerd.content.v1.content/blobs/sha256")
                .resolve(digest.substring("sha256:".length()));
    }

    @Override
    public void close() {
        child.close();
    }
}
