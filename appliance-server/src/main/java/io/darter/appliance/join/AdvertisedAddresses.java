package io.darter.appliance.join;

import io.darter.appliance.settings.ServerConfig;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Under which addresses nodes reach the appliance; the ports are known once the servers listen. */
@Component
public class AdvertisedAddresses {
    private final List<String> hosts;
    private volatile int httpsPort;
    private volatile int agentPort;
    private volatile List<String> otherServers = List.of();
    private volatile List<String> otherLinks = List.of();

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

    /** Where the other replicas are reached. */
    public void others(List<String> servers, List<String> links) {
        otherServers = List.copyOf(servers);
        otherLinks = List.copyOf(links);
    }

    /** {@code https://host:port} of each advertised host of this replica, then of the others. */
    public List<String> servers() {
        return Stream.concat(ownServers().stream(), otherServers.stream()).toList();
    }

    /** {@code host:port} of the agents' port on each of them. */
    public List<String> agentLinks() {
        return Stream.concat(ownLinks().stream(), otherLinks.stream()).toList();
    }

    public List<String> ownServers() {
        return hosts.stream().map(host -> "https://" + host + ":" + httpsPort).toList();
    }

    public List<String> ownLinks() {
        return hosts.stream().map(host -> host + ":" + agentPort).toList();
    }
}
