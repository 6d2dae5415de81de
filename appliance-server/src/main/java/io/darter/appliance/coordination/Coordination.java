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
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
 * One virtual thread speaks to Redis, twice a second; nobody waits for it but the start, for a bounded time. Without
 * Redis the appliance works on, degraded.
 */
@Component
public class Coordination {
    private static final Logger log = LoggerFactory.getLogger(Coordination.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final Duration RECONNECT = Duration.ofSeconds(5);
    private static final Duration FIRST_CONNECT_MAX = Duration.ofSeconds(10);
    private static final Duration REPLICA_EXPIRY = Duration.ofSeconds(10);
    private static final int JOURNAL_WAITING_MAX = 10_000;
    private static final int JOURNAL_ENTRIES_MAX = 10_000;

    private final ServerConfig config;
    private final ApplianceIdentity identity;
    private final AdvertisedAddresses addresses;
    private final SecureRandom random;
    private final BlockingQueue<String> journal = new ArrayBlockingQueue<>(JOURNAL_WAITING_MAX);
    private final CountDownLatch firstAttempt = new CountDownLatch(1);
    private @Nullable PrivateRedis server;
    private volatile @Nullable RedissonClient client;
    private volatile boolean healthy;
    private volatile boolean stopped;

    Coordination(ServerConfig config, ApplianceIdentity identity, AdvertisedAddresses addresses, SecureRandom random) {
        this.config = config;
        this.identity = identity;
        this.addresses = addresses;
        this.random = random;
    }

    @PostConstruct
    void start() {
        Thread.ofVirtual().name("coordination").start(this::run);
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

    private void run() {
        while (!stopped) {
            try {
                connect();
                firstAttempt.countDown();
                turn();
                healthy = true;
                Thread.sleep(PERIOD);
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                if (!stopped) {
                    degraded(e);
                }
                firstAttempt.countDown();
                if (pause()) {
                    return;
                }
            }
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

    private static boolean pause() {
        try {
            Thread.sleep(RECONNECT);
            return false;
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
        redis.<String, String>getMapCache("darter:replicas")
                .fastPut(
                        identity.replica(),
                        String.join(",", addresses.agentLinks()),
                        REPLICA_EXPIRY.toMillis(),
                        TimeUnit.MILLISECONDS);
        List<String> entries = new ArrayList<>();
        journal.drainTo(entries);
        if (!entries.isEmpty()) {
            redis.<String, String>getStream("darter:origin-leases")
                    .add(StreamAddArgs.entry(identity.replica(), String.join("\n", entries)));
            redis.<String, String>getStream("darter:origin-leases")
                    .trimNonStrict(StreamTrimArgs.maxLen(JOURNAL_ENTRIES_MAX).noLimit());
        }
    }
}
