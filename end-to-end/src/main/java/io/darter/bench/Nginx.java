package io.darter.bench;

import io.darter.demo.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real nginx that serves a folder, plain and with TLS for clients with a certificate: the peer of our measurements. */
final class Nginx implements AutoCloseable {
    static final String PLAIN = "127.0.0.1:18380";
    static final String TLS = "127.0.0.1:18381";
    /** What BoringSSL chooses between two of our nodes. */
    static final String CIPHER = "TLS_AES_128_GCM_SHA256";

    private final Child child;
    private final Path certificate;
    private final Path key;

    private Nginx(Child child, Path certificate, Path key) {
        this.child = child;
        this.certificate = certificate;
        this.key = key;
    }

    static Nginx start(Path folder, Path files) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var certificate = folder.resolve("certificate.pem");
        var key = folder.resolve("key.pem");
        Command.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + key + " -out "
                + certificate + " -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>&1");
        var config = folder.resolve("nginx.conf");
        Files.writeString(config, """
                daemon off; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log;
                user root;
                events {}
                http {
                  access_log off; sendfile on; tcp_nopush on; root %2$s;
                  client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
                  uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
                  server { listen %3$s; }
                  server {
                    listen %4$s ssl; ssl_protocols TLSv1.3; ssl_verify_client on;
                    ssl_certificate %5$s; ssl_certificate_key %6$s; ssl_client_certificate %5$s;
                  }
                }
                """.formatted(folder, files, PLAIN, TLS, certificate, key));
        var child = Child.start(
                "nginx",
                List.of("nginx", "-p", folder.toString(), "-c", config.toString()),
                Map.of(),
                folder.resolve("nginx.log"));
        for (var left = 100; !Files.exists(folder.resolve("pid")) || Files.size(folder.resolve("pid")) == 0; left--) {
            if (left == 0 || !child.alive()) {
                throw new IOException("nginx did not start:\n" + child.lastLines(10));
            }
            Thread.sleep(50);
        }
        return new Nginx(child, certificate, key);
    }

    /** Words for curl that fetch the file. */
    String curl(String file, boolean tls) {
        return tls
                ? "curl -sSf --cacert " + certificate + " --cert " + certificate + " --key " + key + " --tls13-ciphers "
                        + CIPHER + " https://" + TLS + "/" + file
                : "curl -sSf http://" + PLAIN + "/" + file;
    }

    /** Of the master and its worker so far. */
    double cpuSeconds() throws IOException {
        return Command.cpuSeconds(child.pid());
    }

    @Override
    public void close() {
        child.close();
    }
}
