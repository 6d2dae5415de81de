package io.darter.appliance.settings;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** By which addresses others may reach this machine. */
final class Addresses {
    private Addresses() {}

    /** The bound address itself, or every address of the machine and its host name if all are bound. */
    static List<String> advertised(String bind) {
        if (!bind.equals("0.0.0.0") && !bind.equals("::")) {
            return List.of(bind);
        }
        List<String> hosts = new ArrayList<>();
        try {
            for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(card.getInetAddresses())) {
                    if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                        hosts.add(address.getHostAddress());
                    }
                }
            }
            hosts.add(InetAddress.getLocalHost().getHostName());
        } catch (SocketException | UnknownHostException e) {
            hosts.add("localhost");
        }
        return List.copyOf(hosts);
    }
}
