package io.darter.real;

import io.darter.demo.Child;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;

/** A real nginx with files, a folder behind a password, and an own access log. */
final class Nginx implements AutoCloseable {
    private final Child child;
    private final Path folder;
    private final String host;

    private Nginx(Child child, Path folder, String host) {
        this.child = child;
        this.folder = folder;
        this.host = host;
    }

    static Nginx start(Path parent, List<String> prefix, String address, int port)
            throws IOException, InterruptedException {
        var folder = Files.createDirectory(parent.resolve("nginx"));
        var files = Files.createDirectories(folder.resolve("files"));
        Files.writeString(Files.createDirectory(files.resolve("denied")).resolve("file.bin"), "secret");
        var config = folder.resolve("nginx.conf");
        Files.writeString(config, """
                daemon off;
                user root;
                worker_processes 1;
                pid %1$s/pid;
                error_log %1$s/error.log;
                events {}
                http {
                  log_format bytes '$request_method|$status|$body_bytes_sent|$http_user_agent|$uri';
                  access_log %1$s/access.log bytes;
                  client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
                  uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
                  sendfile on;
                  server {
                    listen %2$s:%3$d;
                    root %1$s/files;
                    location /denied/ { auth_basic "x"; auth_basic_user_file %1$s/nobody; }
                  }
                }
                """.formatted(folder, address, port));
        Files.writeString(folder.resolve("nobody"), "");
        var command = new ArrayList<>(prefix);
        command.addAll(List.of("nginx", "-p", folder.toString(), "-c", config.toString()));
        var child = Child.start("nginx", command, Map.of(), folder.resolve("nginx.log"));
        Poll.until("nginx has started", 10, () -> {
            if (!child.alive()) {
                throw new IOException("nginx ended:\n" + child.lastLines(10));
            }
            return Files.exists(folder.resolve("pid")) && Files.size(folder.resolve("pid")) > 0;
        });
        return new Nginx(child, folder, address + ":" + port);
    }

    /** Writes a file of seeded pseudo-random bytes. */
    Path file(String name, long sizeBytes, long seed) throws IOException {
        var file = folder.resolve("files").resolve(name);
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var chunk = new byte[1 << 16];
        try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (var left = sizeBytes; left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                out.write(chunk, 0, (int) Math.min(left, chunk.length));
            }
        }
        return file;
    }

    String url(String name) {
        return "http://" + host + "/" + name;
    }

    /** Body bytes of good answers to all but one kind of client. */
    long sentBytes(String exceptAgent) throws IOException {
        return Files.readAllLines(folder.resolve("access.log")).stream()
                .map(line -> line.split("\\|", 5))
                .filter(words -> words[0].equals("GET") && words[1].startsWith("20"))
                .filter(words -> !words[3].startsWith(exceptAgent))
                .mapToLong(words -> Long.parseLong(words[2]))
                .sum();
    }

    @Override
    public void close() {
        child.close();
    }
}
