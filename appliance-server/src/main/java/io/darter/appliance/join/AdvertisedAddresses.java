package io.darter.appliance.join;

import io.darter.appliance.settings.ServerConfig;
import java.util.List;
import org.springframework.stereotype.Component;

/** Under which addresses nodes reach the appliance; the ports are known once the servers listen. */
@Component
public class AdvertisedAddresses {
    private final List<String> hosts;
    private volatile int httpsPort;
    private volatile int agentPort;

    AdvertisedAddresses(ServerConfig config) {
        this.hosts = config.advertise().stream()
                .map(host -> host.contains(":") ? "[" + host + "]" : host)
                .toList();
        this.httpsPort = config.httpsPort();
        this.agentPort = config.agentPort();
    }

    public void listening(int https, int agent) {
        httpsPort = https;
        agentPort = agent;
    }

    /** {@code https://host:port} of each advertised host. */
    public List<String> servers() {
        return hosts.stream().map(host -> "https://" + host + ":" + httpsPort).toList();
    }

    /** {@code host:port} of the agents' port on each advertised host. */
    public List<String> agentLinks() {
        return hosts.stream().map(host -> host + ":" + agentPort).toList();
    }
}
