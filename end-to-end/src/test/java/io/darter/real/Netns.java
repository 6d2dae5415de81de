package io.darter.real;

import io.darter.bench.ShapedNetwork;
import io.darter.demo.HttpDoor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Several hosts on one machine, and HTTP from inside them. */
final class Netns implements AutoCloseable {
    private final ShapedNetwork network = ShapedNetwork.create();
    private int lastHost;

    private Netns() throws IOException, InterruptedException {}

    /**
     * One host.
     *
     * @param name of its namespace
     * @param address in 10.77.0.0/24
     */
    record Host(String name, String address) {
        /** The words that go before a command to run it there. */
        List<String> prefix() {
            return RealParts.inNamespace(name, List.of());
        }

        /** HTTP as a process of this host sees it. The login goes by standard input, not by the list of words. */
        HttpDoor door() {
            return (method, url, login, json) -> {
                var config = new StringBuilder();
                if (login != null) {
                    config.append("user = \"")
                            .append(login.user())
                            .append(':')
                            .append(login.password())
                            .append("\"\n");
                }
                if (json != null) {
                    config.append("header = \"Content-Type: application/json\"\n");
                    config.append("data = \"")
                            .append(json.replace("\"", "\\\""))
                            .append("\"\n");
                }
                var done = Shell.tryRun(
                        Map.of(),
                        20,
                        RealParts.inNamespace(
                                name,
                                List.of(
                                        "curl",
                                        "-sS",
                                        "-m",
                                        "15",
                                        "-K",
                                        "-",
                                        "-X",
                                        method,
                                        "-w",
                                        "\n%{http_code}",
                                        url)),
                        config.toString());
                if (done.exitCode() != 0) {
                    throw new IOException(done.output());
                }
                var end = done.output().lastIndexOf('\n');
                return new HttpDoor.Answer(
                        Integer.parseInt(done.output().substring(end + 1).strip()),
                        done.output().substring(0, end));
            };
        }
    }

    static Netns create() throws IOException, InterruptedException {
        return new Netns();
    }

    /** @param megabitsPerSecond each way; 0 = as fast as it goes */
    Host host(String label, int megabitsPerSecond) throws IOException, InterruptedException {
        var address = "10.77.0." + ++lastHost;
        var host = network.host(label, address, ShapedNetwork.Rate.of(megabitsPerSecond));
        return new Host(host.namespace(), address);
    }

    @Override
    public void close() throws IOException {
        network.close();
    }
}
