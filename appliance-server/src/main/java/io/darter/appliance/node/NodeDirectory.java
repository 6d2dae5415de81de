package io.darter.appliance.node;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.settings.ServerConfig;
import io.darter.link.v1.Heartbeat;
import io.darter.link.v1.Hello;
import io.darter.operator.NodeDetail;
import io.darter.operator.NodeView;
import io.darter.swarm.scheduling.NodeTraits;
import jakarta.annotation.PreDestroy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * All nodes, in memory. What changes with every heartbeat goes to the database in one batch every 30 s and at the stop,
 * never a write a heartbeat; what a crash loses of it the agents report again.
 */
@Component
public class NodeDirectory {
    private static final Logger log = LoggerFactory.getLogger(NodeDirectory.class);
    private static final int NAME_TRIES_MAX = 100_000;
    private static final String INSERT = "INSERT INTO nodes (id, cluster_id, name, role, public_key, address,"
            + " joined_at_millis) VALUES (?, ?, ?, ?, ?, ?, ?)";
    private static final String UPDATE = "UPDATE nodes SET address = ?, zone = ?, rack = ?, version = ?,"
            + " last_seen_at_millis = ?, store_bytes = ?, origin_bytes = ?, peer_bytes = ?, served_bytes = ?,"
            + " delivered_bytes = ?, reported_counters = ? WHERE id = ?";

    private final JdbcTemplate jdbc;
    private final Clusters clusters;
    private final InstantSource clock;
    private final NodeWishes wishes;
    private final boolean shared;
    private final Map<String, NodeState> nodes = new ConcurrentHashMap<>();

    NodeDirectory(JdbcTemplate jdbc, Clusters clusters, NodeWishes wishes, InstantSource clock, ServerConfig config) {
        this.wishes = wishes;
        this.shared = config.shared();
        this.jdbc = jdbc;
        this.clusters = clusters;
        this.clock = clock;
        Map<String, NodeWish> decided = wishes.all();
        jdbc.query("SELECT * FROM nodes", row -> {
            NodeState state = read(row, decided.getOrDefault(row.getString("id"), NodeWish.NONE));
            nodes.put(state.node().id(), state);
        });
    }

    /** Adds a node; a host name that is taken gets a number. */
    public synchronized NodeRecord register(
            String id, String clusterId, String hostname, String role, byte[] publicKey, String address) {
        String wish = hostname.strip().replaceAll("[^A-Za-z0-9._-]", "-");
        String base = wish.isEmpty() ? "node" : wish.substring(0, Math.min(wish.length(), 180));
        List<String> taken = nodes.values().stream()
                .map(NodeState::node)
                .filter(node -> node.clusterId().equals(clusterId))
                .map(NodeRecord::name)
                .toList();
        for (int number = 1; number < NAME_TRIES_MAX; number++) {
            String name = number == 1 ? base : base + "-" + number;
            if (taken.contains(name)) {
                continue;
            }
            NodeRecord node = new NodeRecord(id, clusterId, name, role, publicKey, clock.millis());
            try {
                jdbc.update(INSERT, id, clusterId, name, role, publicKey, address, node.joinedAtMillis());
                nodes.put(
                        id,
                        new NodeState(node, address, "", "", "", 0, 0, Counters.ZERO, Counters.ZERO, NodeWish.NONE));
                return node;
            } catch (DuplicateKeyException e) {
                log.atDebug().addKeyValue("name", name).log("name taken by another replica's node");
            }
        }
        throw new IllegalStateException("no free name for " + base);
    }

    /** Also one that has joined at another replica; may wait for the database then. */
    public Optional<NodeRecord> find(String id) {
        NodeState known = nodes.get(id);
        if (known == null && shared) {
            NodeWish wish = wishes.find(id).orElse(NodeWish.NONE);
            jdbc.query(
                    "SELECT * FROM nodes WHERE id = ?",
                    row -> {
                        nodes.putIfAbsent(id, read(row, wish));
                    },
                    id);
            known = nodes.get(id);
        }
        return Optional.ofNullable(known).map(NodeState::node);
    }

    /**
     * What changed in the database since it was read, by the hand of operators. May wait for the database.
     *
     * @param changed of whom something else is wished now
     * @param removed who is no longer a node
     */
    record News(List<NodeRecord> changed, List<NodeRecord> removed) {}

    News readWishes() {
        List<NodeState> known = List.copyOf(nodes.values());
        Map<String, NodeWish> decided = wishes.all();
        List<NodeRecord> changed = new ArrayList<>();
        List<NodeRecord> removed = new ArrayList<>();
        for (NodeState state : known) {
            NodeWish wish = decided.get(state.node().id());
            if (wish == null) {
                nodes.remove(state.node().id());
                removed.add(state.node());
            } else if (state.take(wish)) {
                changed.add(state.node());
            }
        }
        return new News(changed, removed);
    }

    /** What the scheduler weighs of it: what operators decided goes before what the agent says. Never waits. */
    public NodeTraits traits(NodeRecord node, String zone, String rack) {
        NodeState state = nodes.get(node.id());
        return state == null ? new NodeTraits(node.isSeed(), zone, rack) : state.traits(zone, rack);
    }

    Optional<NodeDetail> detail(String id) {
        Optional<NodeRecord> node = find(id);
        return node.flatMap(found -> Optional.ofNullable(nodes.get(id)))
                .map(state -> state.detail(clusters.find(state.node().clusterId())
                        .map(Cluster::name)
                        .orElse("")));
    }

    /** By its name in that cluster. */
    public Optional<NodeRecord> named(String name, String clusterId) {
        return in(clusterId)
                .map(NodeState::node)
                .filter(node -> node.name().equals(name))
                .findFirst();
    }

    /** @param link any object that stands for the link */
    public void attached(String id, Object link, Hello hello, String peerHost) {
        state(id).ifPresent(state -> state.attached(link, hello, peerHost, clock.millis()));
    }

    public void detached(String id, Object link) {
        state(id).ifPresent(state -> state.detached(link, clock.millis()));
    }

    public void beat(String id, Heartbeat beat) {
        state(id).ifPresent(state -> state.beat(beat, clock.millis()));
    }

    public long online(String clusterId) {
        return in(clusterId).filter(NodeState::isOnline).count();
    }

    public long total(String clusterId) {
        return in(clusterId).count();
    }

    /** Bytes of all nodes of those clusters for life. */
    public Counters counters(Set<String> clusterIds) {
        return in(clusterIds).map(NodeState::total).reduce(Counters.ZERO, Counters::plus);
    }

    /** Those of these clusters, by name; {@code text} matches name, address, zone or rack. */
    public List<NodeView> views(Set<String> clusterIds, String text) {
        Map<String, String> names = clusters.all().stream().collect(Collectors.toMap(Cluster::id, Cluster::name));
        String wanted = text.toLowerCase(Locale.ROOT);
        Predicate<NodeView> matches = view -> wanted.isEmpty()
                || (view.name() + '\n' + view.address() + '\n' + view.zone() + '\n' + view.rack())
                        .toLowerCase(Locale.ROOT)
                        .contains(wanted);
        return in(clusterIds)
                .map(state -> state.view(names.getOrDefault(state.node().clusterId(), "")))
                .filter(matches)
                .sorted(Comparator.comparing(NodeView::name).thenComparing(NodeView::id))
                .toList();
    }

    @PreDestroy
    @Scheduled(initialDelay = 30_000, fixedDelay = 30_000)
    void flush() {
        List<NodeState> changed = new ArrayList<>();
        List<Object[]> rows = new ArrayList<>();
        Collection<NodeState> all = nodes.values();
        for (NodeState state : all) {
            Object[] row = state.takeChanges();
            if (row != null) {
                changed.add(state);
                rows.add(row);
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        try {
            jdbc.batchUpdate(UPDATE, rows);
        } catch (DataAccessException e) {
            changed.forEach(NodeState::markChanged);
            log.atWarn()
                    .addKeyValue("nodes", rows.size())
                    .addKeyValue("cause", e.getMessage())
                    .log("counters not saved; they are kept and tried again");
        }
    }

    private Stream<NodeState> in(String clusterId) {
        return in(Set.of(clusterId));
    }

    private Stream<NodeState> in(Set<String> clusterIds) {
        return nodes.values().stream()
                .filter(state -> clusterIds.contains(state.node().clusterId()));
    }

    /** Empty of one that was removed meanwhile. */
    private Optional<NodeState> state(String id) {
        return Optional.ofNullable(nodes.get(id));
    }

    private static NodeState read(ResultSet row, NodeWish wish) throws SQLException {
        NodeRecord node = new NodeRecord(
                row.getString("id"),
                row.getString("cluster_id"),
                row.getString("name"),
                row.getString("role"),
                row.getBytes("public_key"),
                row.getLong("joined_at_millis"));
        Counters total = new Counters(
                row.getLong("origin_bytes"),
                row.getLong("peer_bytes"),
                row.getLong("served_bytes"),
                row.getLong("delivered_bytes"));
        return new NodeState(
                node,
                row.getString("address"),
                row.getString("zone"),
                row.getString("rack"),
                row.getString("version"),
                row.getLong("last_seen_at_millis"),
                row.getLong("store_bytes"),
                total,
                Counters.parse(row.getString("reported_counters")),
                wish);
    }
}
