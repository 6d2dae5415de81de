package io.darter.agent.identity;

import io.darter.swarm.NodeId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes of the cluster whose certificates were revoked. The list only grows until certificates would have expired anyway,
 * and is on the disk: while no appliance can be reached it applies as it was heard last. Safe for use by many threads.
 */
public final class RevokedPeers {
    static final int ENTRIES_MAX = 200_000;
    private static final Logger log = LoggerFactory.getLogger(RevokedPeers.class);
    /** So far may this node's clock be ahead of others'. */
    private static final Duration SLACK = Duration.ofHours(1);

    private final Optional<Path> file;
    private final InstantSource clock;
    private final Object saving = new Object();
    private volatile Known known = new Known(Map.of(), Set.of());

    /** One certificate. */
    public record Entry(BigInteger serial, NodeId node, long expiresAtMillis) {}

    private record Known(Map<BigInteger, Entry> bySerial, Set<NodeId> nodes) {
        static Known of(Collection<Entry> entries) {
            Map<BigInteger, Entry> bySerial = new HashMap<>();
            Set<NodeId> nodes = new HashSet<>();
            for (Entry entry : entries) {
                bySerial.put(entry.serial(), entry);
                nodes.add(entry.node());
            }
            return new Known(bySerial, nodes);
        }
    }

    private RevokedPeers(Optional<Path> file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** Nobody, on no disk. */
    public static RevokedPeers none() {
        return new RevokedPeers(Optional.empty(), InstantSource.system());
    }

    /**
     * Those that were heard of before; a file that cannot be read is as none, and said so.
     *
     * @param dataDir of the agent
     */
    public static RevokedPeers load(Path dataDir, InstantSource clock) {
        Path file = dataDir.resolve("identity").resolve("revoked");
        RevokedPeers peers = new RevokedPeers(Optional.of(file), clock);
        try {
            if (Files.exists(file)) {
                peers.known = Known.of(peers.unexpired(Files.readAllLines(file).stream()
                        .map(RevokedPeers::parse)
                        .toList()));
            }
        } catch (IOException | RuntimeException e) {
            log.atError()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("revocations cannot be read; they come with the link");
        }
        return peers;
    }

    private static Entry parse(String line) {
        String[] words = line.split(" ", -1);
        return new Entry(new BigInteger(words[0], 16), new NodeId(words[1]), Long.parseLong(words[2]));
    }

    /** Counts at once; {@link #save} writes it down. True if anything of it is new. */
    public synchronized boolean add(List<Entry> entries) {
        Map<BigInteger, Entry> all = new HashMap<>(known.bySerial());
        boolean news = false;
        for (Entry entry : unexpired(entries)) {
            if (all.size() < ENTRIES_MAX) {
                news |= all.putIfAbsent(entry.serial(), entry) == null;
            }
        }
        if (news) {
            known = Known.of(unexpired(all.values()));
        }
        return news;
    }

    private List<Entry> unexpired(Collection<Entry> entries) {
        long from = clock.millis() - SLACK.toMillis();
        return entries.stream().filter(entry -> entry.expiresAtMillis() > from).toList();
    }

    /** Waits for the disk; whole or not at all. */
    public void save() throws IOException {
        if (file.isEmpty()) {
            return;
        }
        synchronized (saving) {
            List<String> lines = new ArrayList<>();
            known.bySerial()
                    .values()
                    .forEach(entry -> lines.add(
                            entry.serial().toString(16) + " " + entry.node().value() + " " + entry.expiresAtMillis()));
            Path part = file.get().resolveSibling("revoked.part");
            Files.write(part, lines);
            Files.move(part, file.get(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** By its number, or by the node that it names: a node that was removed never comes back under its name here. */
    public boolean isRevoked(X509Certificate certificate) {
        Known now = known;
        return !now.bySerial().isEmpty()
                && (now.bySerial().containsKey(certificate.getSerialNumber())
                        || CertificateName.of(certificate)
                                .filter(name -> name instanceof CertificateName.Node node
                                        && now.nodes().contains(node.node()))
                                .isPresent());
    }

    public boolean isRevoked(NodeId node) {
        return known.nodes().contains(node);
    }
}
