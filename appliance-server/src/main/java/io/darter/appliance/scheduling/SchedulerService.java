package io.darter.appliance.scheduling;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.coordination.Contender;
import io.darter.appliance.coordination.Coordination;
import io.darter.appliance.keys.RandomIds;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.purge.Tombstones;
import io.darter.appliance.settings.ServerConfig;
import io.darter.appliance.task.TaskBook;
import io.darter.appliance.task.TaskRow;
import io.darter.appliance.task.TaskStore;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Hello;
import io.darter.operator.TaskDetail;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceSizeRule;
import io.darter.swarm.scheduling.NodeTraits;
import io.darter.swarm.scheduling.OriginFetchers;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmScheduler;
import io.darter.swarm.scheduling.SwarmView;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.LongToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Service;

/**
 * One scheduler thread for each cluster that this replica owns; the door between links, REST and those threads. An
 * appliance that is alone owns all clusters from its start on; one of several owns what {@link Coordination} gives it.
 */
@Service
public class SchedulerService implements SmartLifecycle, Contender {
    /** Before the agents' port opens, and stopped after it. */
    public static final int PHASE = 1000;

    private static final Logger log = LoggerFactory.getLogger(SchedulerService.class);
    /** Agents that were linked to the scheduler before are back by then, and have said what they hold and fetch. */
    private static final long GATHER_NANOS = 3_000_000_000L;
    /** The same where this replica stood by long enough for agents to be linked to it already. */
    private static final long GATHER_LINKED_NANOS = 1_000_000_000L;

    private static final long STOOD_BY_NANOS = 10_000_000_000L;
    /** No node can use up the numbers: there are 4,194,303. */
    private static final long EPOCH_SEEN_MAX = 4_000_000;

    private final Clusters clusters;
    private final ServerConfig config;
    private final TaskStore taskStore;
    private final NodeDirectory nodes;
    private final Tombstones tombstones;
    private final Coordination coordination;
    private final Greetings greetings;
    private final SecureRandom random;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Map<String, ClusterSeat> seats = new ConcurrentHashMap<>();
    private volatile boolean started;
    private volatile long startedNanos;

    SchedulerService(
            Clusters clusters,
            ServerConfig config,
            TaskStore taskStore,
            NodeDirectory nodes,
            Tombstones tombstones,
            Coordination coordination,
            Greetings greetings,
            SecureRandom random,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.clusters = clusters;
        this.config = config;
        this.taskStore = taskStore;
        this.nodes = nodes;
        this.tombstones = tombstones;
        this.coordination = coordination;
        this.greetings = greetings;
        this.random = random;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public void start() {
        for (Cluster cluster : clusters.all()) {
            ClusterSeat seat = new ClusterSeat(cluster, clusters.key(cluster.id()), greetings);
            seats.put(cluster.id(), seat);
            if (config.shared()) {
                seat.seen(clusters.epoch(cluster.id()));
            } else {
                taskStore.closeLeftovers(cluster.id(), clock.millis());
                schedule(
                        seat,
                        coordination.takeOwnership(cluster.id(), seen -> clusters.nextEpoch(cluster.id(), seen)),
                        () -> true);
            }
        }
        startedNanos = nanoTime.getAsLong();
        started = true;
        if (config.shared()) {
            coordination.contend(List.copyOf(seats.keySet()), this);
        }
    }

    @Override
    public void stop() {
        started = false;
        for (ClusterSeat seat : seats.values()) {
            seat.running().ifPresent(this::end);
        }
    }

    private void end(ClusterSeat.Running cluster) {
        try {
            cluster.scheduler().ask(() -> {
                cluster.tasks().saveAll();
                return true;
            });
            cluster.scheduler().stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("running tasks were not saved");
        }
    }

    @Override
    public boolean isRunning() {
        return started;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** A node's link is up; it is greeted, and its mail follows by {@link #received}. */
    public void linkUp(NodeRecord node, Hello hello, String peerHost, AgentPort port) throws InterruptedException {
        of(node).linkUp(node, hello, peerHost, port);
    }

    public void linkDown(NodeRecord node, AgentPort port) throws InterruptedException {
        of(node).linkDown(node, port);
    }

    /** Waits while the scheduler is behind. */
    public void received(NodeRecord node, AgentPort port, AgentMessage message) throws InterruptedException {
        of(node).received(node, port, message);
    }

    /** Operators decided something else of the node. */
    public void changed(NodeRecord node) throws InterruptedException {
        of(node).tell(new Mail.Changed(node));
    }

    /** Nobody of the cluster may hold these contents any more. */
    public void purged(String clusterId, Set<ContentKey> keys) throws InterruptedException {
        ClusterSeat seat = seats.get(clusterId);
        if (seat != null && !keys.isEmpty()) {
            seat.tell(new Mail.Purged(keys));
        }
    }

    /** Whether another replica owns a cluster; its name, empty if none does. */
    public Optional<String> standsByFor() {
        return seats.values().stream()
                .filter(seat -> seat.running().isEmpty())
                .map(seat -> coordination.owner(seat.cluster().id()))
                .findFirst();
    }

    /**
     * A node of the cluster has followed a scheduler of that epoch, and follows none of a lower one: an appliance that is
     * alone takes the cluster over above it, if its own is lower; that may wait for database and Redis, and is rare, after a
     * loss of their data. One of several replicas gives way.
     */
    public void outdo(String clusterId, long epochSeen) {
        ClusterSeat seat = seats.get(clusterId);
        if (seat == null || epochSeen >= EPOCH_SEEN_MAX) {
            return;
        }
        seat.seen(epochSeen);
        if (!config.shared()) {
            seat.running().ifPresent(cluster -> raise(seat, cluster.epoch()));
        }
    }

    private void raise(ClusterSeat seat, AtomicLong epoch) {
        if (seat.seen() <= epoch.get()) {
            return;
        }
        synchronized (epoch) {
            long own = epoch.get();
            long epochSeen = seat.seen();
            if (epochSeen > own) {
                String cluster = seat.cluster().id();
                long raised = coordination.takeOwnership(
                        cluster, known -> clusters.nextEpoch(cluster, Math.max(known, epochSeen)));
                epoch.set(raised);
                log.atWarn()
                        .addKeyValue("cluster", cluster)
                        .addKeyValue("was", own)
                        .addKeyValue("epoch", raised)
                        .log("a node has followed a later scheduler; taken over above it");
            }
        }
    }

    @Override
    public long seen(String clusterId) {
        ClusterSeat seat = seats.get(clusterId);
        return seat == null ? 0 : seat.seen();
    }

    @Override
    public void gained(String clusterId, long epoch) {
        ClusterSeat seat = seats.get(clusterId);
        if (seat == null || !started) {
            return;
        }
        long sinceMillis = clock.millis();
        schedule(seat, epoch, () -> coordination.isSure(clusterId));
        // The database may be slow or away: nobody's transfer waits for it.
        Thread.ofVirtual().name("ownership").start(() -> writeDown(clusterId, epoch, sinceMillis));
    }

    @Override
    public void lost(String clusterId) {
        ClusterSeat seat = seats.get(clusterId);
        if (seat == null || !started) {
            return;
        }
        try {
            seat.lose();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void replicasChanged() {
        seats.values().forEach(ClusterSeat::tellReplicas);
    }

    private void writeDown(String clusterId, long epoch, long sinceMillis) {
        try {
            clusters.raiseEpoch(clusterId, epoch);
            taskStore.closeLeftovers(clusterId, sinceMillis);
        } catch (RuntimeException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("the new ownership is not in the database");
        }
    }

    /** Tasks that run or ended within the last minute, of all clusters that this replica owns. */
    public List<TaskRow> tasks() {
        List<TaskRow> rows = new ArrayList<>();
        running().forEach(cluster -> rows.addAll(cluster.scheduler().ask(cluster.tasks()::rows)));
        return rows;
    }

    public Optional<TaskDetail> task(String id) {
        return running().stream()
                .map(cluster -> cluster.scheduler().ask(() -> cluster.tasks().detail(id)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Id of the cluster in which {@link #task} finds it. */
    public Optional<String> clusterOfTask(String id) {
        return seats.entrySet().stream()
                .filter(seat -> seat.getValue()
                        .running()
                        .map(cluster ->
                                cluster.scheduler().ask(() -> cluster.tasks().has(id)))
                        .orElse(false))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Collection<ClusterSeat.Running> running() {
        return seats.values().stream()
                .map(ClusterSeat::running)
                .flatMap(Optional::stream)
                .toList();
    }

    private ClusterSeat of(NodeRecord node) {
        ClusterSeat seat = seats.get(node.clusterId());
        if (seat == null) {
            throw new IllegalStateException("no scheduler for cluster " + node.clusterId());
        }
        return seat;
    }

    private void schedule(ClusterSeat seat, long epoch, BooleanSupplier sure) {
        Cluster cluster = seat.cluster();
        SchedulingPolicy policy = SchedulingPolicy.defaults()
                .withOriginFetchers(OriginFetchers.valueOf(
                        config.originFetchers().replace('-', '_').toUpperCase(Locale.ROOT)))
                .withOriginConnectionsPerTask(config.originConnectionsPerTask())
                .withFixedPieceBytes(config.pieceBytes());
        // The first of all has nobody to take over from.
        long gatherUntilNanos = epoch <= 1 ? Long.MIN_VALUE : nanoTime.getAsLong() + gatherNanos();
        SchedulingCore core = core(new SwarmScheduler(policy, random.nextLong(), epoch, gatherUntilNanos));
        RandomIds ids = new RandomIds(random);
        TaskBook tasks = new TaskBook(cluster, ids::next, taskStore::save, key -> rarestCopies(core, key));
        LongToIntFunction pieceBytes =
                size -> config.pieceBytes() > 0 ? config.pieceBytes() : PieceSizeRule.pieceBytes(size);
        SwarmDesk desk = new SwarmDesk(
                core,
                seat.clusterKey(),
                pieceBytes,
                tasks,
                (node, lease) -> coordination.journal(cluster.id(), node, lease),
                rules(cluster.id()));
        ClusterScheduler scheduler = new ClusterScheduler(cluster.name(), desk, nanoTime, clock, sure);
        try {
            seat.gain(new ClusterSeat.Running(scheduler, tasks, new AtomicLong(epoch)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ClusterRules rules(String clusterId) {
        return new ClusterRules() {
            @Override
            public NodeTraits traits(NodeRecord node, String zone, String rack) {
                return nodes.traits(node, zone, rack);
            }

            @Override
            public boolean isPurged(ContentKey key) {
                return tombstones.keys(clusterId).contains(key);
            }
        };
    }

    private long gatherNanos() {
        boolean stoodBy = config.shared() && nanoTime.getAsLong() - startedNanos > STOOD_BY_NANOS;
        return stoodBy ? GATHER_LINKED_NANOS : GATHER_NANOS;
    }

    private static int rarestCopies(SchedulingCore core, ContentKey content) {
        return core.view(content).map(SwarmView::rarestCopies).orElse(0);
    }

    private static SchedulingCore core(SwarmScheduler scheduler) {
        return new SchedulingCore() {
            @Override
            public List<SwarmCommand> apply(SwarmEvent event, long nowNanos) {
                return scheduler.apply(event, nowNanos);
            }

            @Override
            public boolean isProved(ContentKey content, NodeId exceptBy) {
                return scheduler.isProved(content, exceptBy);
            }

            @Override
            public Optional<SwarmView> view(ContentKey content) {
                return scheduler.view(content);
            }
        };
    }
}
