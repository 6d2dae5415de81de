package io.darter.appliance.coordination;

import io.darter.appliance.join.AdvertisedAddresses;
import io.darter.appliance.join.ApplianceIdentity;
import io.darter.appliance.settings.ServerConfig;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RAtomicLong;
import org.redisson.api.RedissonClient;
import org.redisson.api.stream.StreamAddArgs;
import org.redisson.api.stream.StreamTrimArgs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What replicas agree on through Redis: who lives, who owns a cluster at which epoch, which origin leases were granted.
 * One thread speaks to Redis, a few times a second; nobody waits for it but the start, for a bounded time. Without
 * Redis the appliance works on, degraded.
 */
@Component
public class Coordination {
    private static final Logger log = LoggerFactory.getLogger(Coordination.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final Duration PERIOD_SHARED = Duration.ofMillis(200);
    private static final Duration RECONNECT = Duration.ofSeconds(5);
    private static final Duration FIRST_CONNECT_MAX = Duration.ofSeconds(10);
    private static final long LIST_NANOS = 400_000_000;
    private static final Duration STOP_MAX = Duration.ofSeconds(3);
    private static final int JOURNAL_WAITING_MAX = 10_000;
    private static final int JOURNAL_ENTRIES_MAX = 10_000;

    private final ServerConfig config;
    private final ApplianceIdentity identity;
    private final AdvertisedAddresses addresses;
    private final SecureRandom random;
    private final LongSupplier nanoTime;
    private final ReplicaList list;
    private final BlockingQueue<String> journal = new ArrayBlockingQueue<>(JOURNAL_WAITING_MAX);
    private final CountDownLatch firstAttempt = new CountDownLatch(1);
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private volatile List<Ownership> ownerships = List.of();
    private volatile List<ReplicaList.Replica> replicas = List.of();
    private volatile @Nullable Contender contender;
    private volatile @Nullable Thread thread;
    private long listNotBeforeNanos;
    private @Nullable PrivateRedis server;
    private volatile @Nullable RedissonClient client;
    private volatile boolean healthy;
    private volatile boolean stopped;

    Coordination(
            ServerConfig config,
            ApplianceIdentity identity,
            AdvertisedAddresses addresses,
            SecureRandom random,
            LongSupplier nanoTime) {
        this.config = config;
        this.identity = identity;
        this.addresses = addresses;
        this.random = random;
        this.nanoTime = nanoTime;
        this.list = new ReplicaList(nanoTime);
        this.listNotBeforeNanos = nanoTime.getAsLong();
    }

    @PostConstruct
    void start() {
        // Its own: locks are held by a thread, and one that moves bytes or runs requests must not hold it up.
        thread = Thread.ofPlatform().name("coordination").daemon().start(this::run);
    }

    /** From now on this replica tries to own these clusters, where others share them. */
    public void contend(List<String> clusterIds, Contender who) {
        contender = who;
        ownerships = clusterIds.stream()
                .map(cluster -> new Ownership(cluster, identity.replica(), who, nanoTime))
                .toList();
    }

    /** Whether this replica may grant leases of the cluster now. Never waits. */
    public boolean isSure(String clusterId) {
        return of(clusterId).map(Ownership::isSure).orElse(false);
    }

    /** Which replica owns the cluster, as far as is known; empty: none. */
    public String owner(String clusterId) {
        return of(clusterId).map(Ownership::owner).orElse("");
    }

    /** Where agents reach each replica, by name, those that are down included; empty for an appliance that is alone. */
    public Map<String, List<String>> replicaLinks() {
        Map<String, List<String>> links = new LinkedHashMap<>();
        replicas.forEach(replica -> links.put(replica.name(), replica.links()));
        return links;
    }

    private Optional<Ownership> of(String clusterId) {
        return ownerships.stream()
                .filter(ownership -> ownership.clusterId().equals(clusterId))
                .findFirst();
    }

    /** Whether Redis answered at the last turn. */
    public boolean isHealthy() {
        return healthy;
    }

    /** A granted origin lease; written with others later, dropped if too many wait. Never blocks. */
    public void journal(String clusterId, NodeId node, Lease lease) {
        journal.offer(clusterId
                + ' '
                + lease.content()
                + ' '
                + lease.run().first()
                + '+'
                + lease.run().count()
                + ' '
                + node);
    }

    /**
     * Takes the cluster over with an epoch above every earlier one.
     *
     * @param raise makes an epoch above the one Redis knows (0 without Redis), and above all in the database
     */
    public long takeOwnership(String clusterId, LongUnaryOperator raise) {
        RedissonClient redis = firstConnection();
        if (redis == null) {
            return raise.applyAsLong(0);
        }
        try {
            RAtomicLong shared = redis.getAtomicLong("darter:{" + clusterId + "}:epoch");
            while (true) {
                long seen = shared.get();
                long epoch = raise.applyAsLong(seen);
                if (shared.compareAndSet(seen, epoch)) {
                    return epoch;
                }
            }
        } catch (RuntimeException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("Redis did not answer; the epoch is the database's");
            return raise.applyAsLong(0);
        }
    }

    @PreDestroy
    void stop() {
        stopped = true;
        stopAsked.countDown();
        awaitEndOfTurns();
        RedissonClient redis = client;
        if (redis != null) {
            redis.shutdown(0, 2, TimeUnit.SECONDS);
        }
        PrivateRedis own = server;
        if (own != null) {
            own.close();
        }
    }

    private @Nullable RedissonClient firstConnection() {
        try {
            if (!firstAttempt.await(FIRST_CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                log.atWarn().log("Redis did not answer yet; starting without it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return client;
    }

    private void awaitEndOfTurns() {
        Thread running = thread;
        if (running != null) {
            try {
                running.join(STOP_MAX);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        while (!stopped) {
            long begunNanos = nanoTime.getAsLong();
            try {
                connect();
                firstAttempt.countDown();
                turn();
                healthy = true;
                pause(config.shared() ? PERIOD_SHARED : PERIOD);
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                if (!stopped) {
                    degraded(e);
                }
                firstAttempt.countDown();
                ownerships.forEach(ownership -> ownership.unreachable(begunNanos));
                if (pause(config.shared() ? PERIOD_SHARED : RECONNECT)) {
                    break;
                }
            }
        }
        release();
    }

    /** So that another replica need not wait until the locks run out. */
    private void release() {
        RedissonClient redis = client;
        if (redis == null) {
            return;
        }
        try {
            ownerships.forEach(ownership -> ownership.release(new RedisLock(redis, ownership.clusterId())));
        } catch (RuntimeException e) {
            log.atDebug().setCause(e).log("locks not given back; they run out");
        }
    }

    private void degraded(Exception cause) {
        if (healthy || firstAttempt.getCount() > 0) {
            log.atWarn()
                    .addKeyValue("cause", cause.getMessage())
                    .log("Redis does not answer; the appliance works on, degraded");
        }
        healthy = false;
    }

    /** True if the end has come. */
    private boolean pause(Duration time) {
        try {
            return stopAsked.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private synchronized void connect() throws IOException, InterruptedException {
        if (client != null || stopped) {
            return;
        }
        if (!config.redis().embedded()) {
            client = Redisson.create(RedisAddress.configured(config.redis()));
            return;
        }
        PrivateRedis own = server;
        if (own == null) {
            own = new PrivateRedis(config.dataDir().resolve("redis"), random);
            server = own;
        }
        if (!own.isRunning()) {
            own.start();
        }
        client = Redisson.create(RedisAddress.own(own.url(), own.password()));
    }

    private void turn() {
        RedissonClient redis = client;
        if (redis == null) {
            return;
        }
        // First, and with few questions: on a busy machine each of them takes its time.
        ownerships.forEach(
                ownership -> ownership.turn(new RedisLock(redis, ownership.clusterId()), () -> list.live(redis)));
        if (nanoTime.getAsLong() - listNotBeforeNanos >= 0) {
            listNotBeforeNanos = nanoTime.getAsLong() + LIST_NANOS;
            ReplicaList.Replica own =
                    new ReplicaList.Replica(identity.replica(), addresses.ownLinks(), addresses.ownServers());
            list.beat(redis, own);
            if (config.shared()) {
                know(list.known(redis, own));
            }
        }
        List<String> entries = new ArrayList<>();
        journal.drainTo(entries);
        if (!entries.isEmpty()) {
            redis.<String, String>getStream("darter:origin-leases")
                    .add(StreamAddArgs.entry(identity.replica(), String.join("\n", entries)));
            redis.<String, String>getStream("darter:origin-leases")
                    .trimNonStrict(StreamTrimArgs.maxLen(JOURNAL_ENTRIES_MAX).noLimit());
        }
    }

    private void know(List<ReplicaList.Replica> known) {
        Contender told = contender;
        if (told == null || known.equals(replicas)) {
            return;
        }
        replicas = known;
        List<ReplicaList.Replica> others = known.stream()
                .filter(replica -> !replica.name().equals(identity.replica()))
                .toList();
        addresses.others(
                others.stream().flatMap(replica -> replica.servers().stream()).toList(),
                others.stream().flatMap(replica -> replica.links().stream()).toList());
        told.replicasChanged();
    }
}
