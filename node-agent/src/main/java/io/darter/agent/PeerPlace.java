package io.darter.agent;

import io.darter.agent.config.AgentConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Where other nodes reach this one: as set, else the address that this machine uses towards the appliance. */
final class PeerPlace {
    private final AgentConfig config;
    private final Membership membership;
    private volatile int port;

    PeerPlace(AgentConfig config, Membership membership) {
        this.config = config;
        this.membership = membership;
    }

    void listensOn(int listening) {
        port = listening;
    }

    int port() {
        return port;
    }

    String host() {
        String set = config.peer().advertise();
        if (!set.isEmpty()) {
            return set;
        }
        String bind = config.peer().bind();
        return bind.equals("0.0.0.0") || bind.equals("::") ? towards(membership.agentLinks()) : bind;
    }

    private static String towards(List<String> links) {
        for (String link : links) {
            int colon = link.lastIndexOf(':');
            String host = link.substring(0, colon).replace("[", "").replace("]", "");
            // Connecting a datagram socket sends nothing: it only asks the kernel which way it would go.
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(new InetSocketAddress(host, Integer.parseInt(link.substring(colon + 1))));
                return socket.getLocalAddress().getHostAddress();
            } catch (IOException | IllegalArgumentException | UncheckedIOException unreachable) {
                // The next replica may tell.
            }
        }
        return InetAddress.getLoopbackAddress().getHostAddress();
    }
}
