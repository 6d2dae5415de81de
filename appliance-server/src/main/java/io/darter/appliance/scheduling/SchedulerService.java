package io.darter.appliance.scheduling;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.coordination.Coordination;
import io.darter.appliance.keys.RandomIds;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.settings.ServerConfig;
import io.darter.appliance.task.TaskBook;
import io.darter.appliance.task.TaskRow;
import io.darter.appliance.task.TaskStore;
import io.darter.link.Capability;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Hello;
import io.darter.operator.TaskDetail;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceSizeRule;
import io.darter.swarm.scheduling.OriginFetchers;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmScheduler;
import io.darter.swarm.scheduling.SwarmView;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.LongToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Service;

/** One scheduler thread for each cluster; the door between links, REST and those threads. */
@Service
public class SchedulerService implements SmartLifecycle {
    /** Before the agents' port opens, and stopped after it. */
    public static final int PHASE = 1000;

    private static final Logger log = LoggerFactory.getLogger(SchedulerService.class);
    private static final int KEY_GENERATION = 1;
    /** Agents that were linked to the scheduler before are back by then, and have said what they hold and fetch. */
    private static final long GATHER_NANOS = 3_000_000_000L;
    /** No node can use up the numbers: there are 4,194,303. */
    private static final long EPOCH_SEEN_MAX = 4_000_000;

    private final Clusters clusters;
    private final ServerConfig config;
    private final TaskStore taskStore;
    private final Coordination coordination;
    private final SecureRandom random;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private volatile boolean started;

    private record Running(ClusterScheduler scheduler, TaskBook tasks, byte[] clusterKey, AtomicLong epoch) {}

    SchedulerService(
            Clusters clusters,
            ServerConfig config,
            TaskStore taskStore,
            Coordination coordination,
            SecureRandom random,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.clusters = clusters;
        this.config = config;
        this.taskStore = taskStore;
        this.coordination = coordination;
        this.random = random;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public void start() {
        taskStore.closeLeftovers();
        clusters.all().forEach(cluster -> running.put(cluster.id(), start(cluster)));
        started = true;
    }

    @Override
    public void stop() {
        started = false;
        for (Running cluster : running.values()) {
            try {
                cluster.scheduler.ask(() -> {
                    cluster.tasks.saveAll();
                    return true;
                });
                cluster.scheduler.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                log.atWarn().setCause(e).log("running tasks were not saved");
            }
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

    /** A node's link is up; its mail follows by {@link #received}. */
    public void linkUp(NodeRecord node, Hello hello, String peerHost, AgentPort port) throws InterruptedException {
        of(node).scheduler.post(new Mail.LinkUp(node, hello, peerHost, port));
    }

    public void linkDown(NodeRecord node, AgentPort port) throws InterruptedException {
        of(node).scheduler.post(new Mail.LinkDown(node, port));
    }

    /** Waits while the scheduler is behind. */
    public void received(NodeRecord node, AgentPort port, AgentMessage message) throws InterruptedException {
        of(node).scheduler.post(new Mail.FromAgent(node, port, message));
    }

    /** The key that the node verifies capabilities with. */
    public byte[] parentKey(NodeRecord node) {
        return Capability.parentKey(of(node).clusterKey, new NodeId(node.id()), KEY_GENERATION);
    }

    /** Of this process's ownership of the cluster. */
    public long epoch(String clusterId) {
        Running cluster = running.get(clusterId);
        return cluster == null ? 0 : cluster.epoch.get();
    }

    /**
     * A node of the cluster has followed a scheduler of that epoch, and follows none of a lower one: this process takes the
     * cluster over above it, if its own is lower. May wait for database and Redis; that is rare, after a loss of their data.
     */
    public void outdo(String clusterId, long seen) {
        Running cluster = running.get(clusterId);
        if (cluster == null || seen <= cluster.epoch.get()) {
            return;
        }
        synchronized (cluster.epoch) {
            long own = cluster.epoch.get();
            if (seen > own && seen < EPOCH_SEEN_MAX) {
                long epoch = coordination.takeOwnership(
                        clusterId, known -> clusters.nextEpoch(clusterId, Math.max(known, seen)));
                cluster.epoch.set(epoch);
                log.atWarn()
                        .addKeyValue("cluster", clusterId)
                        .addKeyValue("was", own)
                        .addKeyValue("epoch", epoch)
                        .log("a node has followed a later scheduler; taken over above it");
            }
        }
    }

    /** Tasks that run or ended within the last minute, of all clusters. */
    public List<TaskRow> tasks() {
        List<TaskRow> rows = new ArrayList<>();
        running.values().forEach(cluster -> rows.addAll(cluster.scheduler.ask(cluster.tasks::rows)));
        return rows;
    }

    public Optional<TaskDetail> task(String id) {
        return running.values().stream()
                .map(cluster -> cluster.scheduler.ask(() -> cluster.tasks.detail(id)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Running of(NodeRecord node) {
        Running cluster = running.get(node.clusterId());
        if (cluster == null) {
            throw new IllegalStateException("no scheduler for cluster " + node.clusterId());
        }
        return cluster;
    }

    private Running start(Cluster cluster) {
        long epoch = coordination.takeOwnership(cluster.id(), seen -> clusters.nextEpoch(cluster.id(), seen));
        byte[] key = clusters.key(cluster.id());
        SchedulingPolicy policy = SchedulingPolicy.defaults()
                .withOriginFetchers(OriginFetchers.valueOf(
                        config.originFetchers().replace('-', '_').toUpperCase(Locale.ROOT)))
                .withOriginConnectionsPerTask(config.originConnectionsPerTask())
                .withFixedPieceBytes(config.pieceBytes());
        // The first of all has nobody to take over from.
        long gatherUntilNanos = epoch <= 1 ? Long.MIN_VALUE : nanoTime.getAsLong() + GATHER_NANOS;
        SchedulingCore core = core(new SwarmScheduler(policy, random.nextLong(), epoch, gatherUntilNanos));
        RandomIds ids = new RandomIds(random);
        TaskBook tasks = new TaskBook(cluster, ids::next, taskStore::save, key2 -> rarestCopies(core, key2));
        LongToIntFunction pieceBytes =
                size -> config.pieceBytes() > 0 ? config.pieceBytes() : PieceSizeRule.pieceBytes(size);
        SwarmDesk desk = new SwarmDesk(
                core, key, pieceBytes, tasks, (node, lease) -> coordination.journal(cluster.id(), node, lease));
        ClusterScheduler scheduler = new ClusterScheduler(cluster.name(), desk, nanoTime, clock);
        scheduler.start();
        log.atInfo()
                .addKeyValue("cluster", cluster.name())
                .addKeyValue("epoch", epoch)
                .log("scheduling");
        return new Running(scheduler, tasks, key, new AtomicLong(epoch));
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
