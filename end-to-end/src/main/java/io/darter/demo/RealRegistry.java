package io.darter.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A real docker-registry; what left it is read from its own access log. */
public final class RealRegistry implements AutoCloseable {
    /** Combined log format: who - - [when] "GET path HTTP/1.1" status bytes "referrer" "agent". */
    private static final Pattern ACCESS =
            Pattern.compile("^(\\S+) - \\S+ \\[[^]]*] \"(\\S+) (\\S+) HTTP/[0-9.]+\" (\\d+) (\\d+) .*");

    private final Child child;
    private final Path storage;
    private final String host;

    private RealRegistry(Child child, Path storage, String host) {
        this.child = child;
        this.storage = storage;
        this.host = host;
    }

    /** One line of the access log. */
    public record Access(String client, String method, String path, int status, long bytes) {
        public boolean blob() {
            return path.contains("/blobs/");
        }
    }

    public static RealRegistry start(Path folder, List<String> prefix, String address, int port, HttpDoor door)
            throws IOException, InterruptedException {
        var storage = Files.createDirectories(folder.resolve("storage"));
        var config = folder.resolve("registry.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: warn, accesslog: {disabled: false}}
                storage: {filesystem: {rootdirectory: "%s"}}
                http: {addr: "%s:%d"}
                """.formatted(storage, address, port));
        var command = new ArrayList<>(prefix);
        command.addAll(List.of("docker-registry", "serve", config.toString()));
        var child = Child.start(
                "docker-registry", command, Map.of("OTEL_TRACES_EXPORTER", "none"), folder.resolve("registry.log"));
        var host = port == 80 ? address : address + ":" + port;
        for (var left = 100; !door.ok("http://" + host + "/v2/"); left--) {
            if (left == 0 || !child.alive()) {
                throw new IOException("docker-registry does not answer:\n" + child.lastLines(10));
            }
            Thread.sleep(200);
        }
        return new RealRegistry(child, storage, host);
    }

    /** Puts an image into the storage as the registry itself would; blobs are linked, not copied. */
    public void publish(GeneratedImage image) throws IOException {
        var root = storage.resolve("docker/registry/v2");
        var repository = root.resolve("repositories").resolve(image.repository());
        for (var blob : image.blobs()) {
            data(root, image, blob.digest());
            link(repository.resolve("_layers/sha256").resolve(hex(blob.digest())), blob.digest());
        }
        var digest = image.manifestDigest();
        data(root, image, digest);
        link(repository.resolve("_manifests/revisions/sha256").resolve(hex(digest)), digest);
        link(repository.resolve("_manifests/tags").resolve(image.tag()).resolve("current"), digest);
        link(
                repository
                        .resolve("_manifests/tags")
                        .resolve(image.tag())
                        .resolve("index/sha256")
                        .resolve(hex(digest)),
                digest);
    }

    private static void data(Path root, GeneratedImage image, String digest) throws IOException {
        var hex = hex(digest);
        var folder = Files.createDirectories(
                root.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex));
        Files.createLink(folder.resolve("data"), image.file(digest));
    }

    private static void link(Path folder, String digest) throws IOException {
        Files.writeString(Files.createDirectories(folder).resolve("link"), digest);
    }

    private static String hex(String digest) {
        return digest.substring("sha256:".length());
    }

    public long pid() {
        return child.pid();
    }

    public String host() {
        return host;
    }

    public String reference(GeneratedImage image) {
        return host + "/" + image.repository() + ":" + image.tag();
    }

    /** Everything that was asked so far. */
    public List<Access> accesses() throws IOException {
        return Files.readAllLines(child.log()).stream()
                .map(ACCESS::matcher)
                .filter(java.util.regex.Matcher::matches)
                .map(match -> new Access(
                        match.group(1),
                        match.group(2),
                        match.group(3),
                        Integer.parseInt(match.group(4)),
                        Long.parseLong(match.group(5))))
                .toList();
    }

    /** Body bytes of blobs that left the registry, from its own log. */
    public long blobBytes() throws IOException {
        return accesses().stream()
                .filter(access -> access.blob() && access.method().equals("GET"))
                .mapToLong(Access::bytes)
                .sum();
    }

    @Override
    public void close() {
        child.close();
    }
}
