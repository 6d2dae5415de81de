package io.darter.appliance;

import io.darter.appliance.join.AdvertisedAddresses;
import io.darter.appliance.keys.PrivateFiles;
import io.darter.appliance.link.AgentLinkServer;
import io.darter.appliance.settings.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.apache.catalina.connector.Connector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The appliance's three ports: checked with their configuration keys before the start, told to others after it. */
final class Ports {
    private static final Logger log = LoggerFactory.getLogger(Ports.class);
    private static final String LOOPBACK = "127.0.0.1";

    private Ports() {}

    /** Says which key's port is taken, before anything is started. */
    static void check(ServerConfig config) {
        check("httpsPort", config.bind(), config.httpsPort());
        check("httpPort", LOOPBACK, config.httpPort());
        check("agentPort", config.bind(), config.agentPort());
    }

    /** Writes ports.json: whoever waits for that file finds the appliance ready. */
    static void publish(ConfigurableApplicationContext context, ServerConfig config) {
        int https = 0;
        int http = 0;
        var server = (TomcatWebServer) ((WebServerApplicationContext) context).getWebServer();
        if (server == null) {
            throw new IllegalStateException("no web server runs");
        }
        for (Connector connector : server.getTomcat().getService().findConnectors()) {
            if (connector.getSecure()) {
                https = connector.getLocalPort();
            } else {
                http = connector.getLocalPort();
            }
        }
        int agent = context.getBean(AgentLinkServer.class).port();
        context.getBean(AdvertisedAddresses.class).listening(https, agent);
        Path file = config.dataDir().resolve("ports.json");
        try {
            PrivateFiles.write(
                    file,
                    "{\"https\":%d,\"http\":%d,\"agent\":%d,\"pid\":%d}\n"
                            .formatted(
                                    https, http, agent, ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        log.atInfo()
                .addKeyValue("https", https)
                .addKeyValue("http", http)
                .addKeyValue("agent", agent)
                .log("the appliance is ready");
    }

    private static void check(String key, String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw StartFailure.environment("Opening " + key + " " + port + " on " + host + ": " + e.getMessage()
                    + ". Stop the program that has it (ss -ltnp), or set " + key + " to another port. (PORT_TAKEN)");
        }
    }
}
