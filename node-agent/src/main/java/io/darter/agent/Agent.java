package io.darter.agent;

import io.darter.agent.config.AgentConfig;
import io.darter.agent.config.AgentConfigLoader;
import io.darter.agent.control.AgentStatus;
import io.darter.agent.control.ControlHandler;
import io.darter.agent.control.FilteredQuery;
import io.darter.agent.errors.DarterException;
import io.darter.agent.health.HealthHandler;
import io.darter.agent.health.IdleMemory;
import io.darter.agent.health.Patience;
import io.darter.agent.health.Traffic;
import io.darter.agent.http.Endpoint;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.Handler;
import io.darter.agent.http.HttpServer;
import io.darter.agent.http.HttpServerSettings;
import io.darter.agent.http.RateLimit;
import io.darter.agent.http.ServiceManager;
import io.darter.agent.mirror.RegistryMirror;
import io.darter.agent.origin.HttpOriginClient;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.origin.OriginNetwork;
import io.darter.agent.origin.Registries;
import io.darter.agent.peer.NettyPieceClient;
import io.darter.agent.peer.PeerServer;
import io.darter.agent.purge.Purging;
import io.darter.agent.purge.Tombstones;
import io.darter.agent.schedulerlink.LinkHello;
import io.darter.agent.schedulerlink.RemoteMetaDesk;
import io.darter.agent.schedulerlink.SchedulerLink;
import io.darter.agent.store.DiskPieceStore;
import io.darter.agent.store.Sha256;
import io.darter.agent.store.StoreSettings;
import io.darter.agent.task.PeerMemory;
import io.darter.agent.task.TaskParts;
import io.darter.agent.task.TaskRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node agent: reading this from top to bottom shows what it is made of, in the order in which bytes pass. Only here
 * the real clocks, threads and randomness are named.
 */
public final class Agent {
    static final String VERSION = "0.1.0";
    static final Path DEFAULT_FILE = Path.of("/etc/darter/agent.yaml");

    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    /** They only move bytes: one serves two cores, and more than four are never busy. */
    private static final int EVENT_LOOPS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    private static final String LOG_LINE = "%1$tFT%1$tT.%1$tL%1$tz %4$s %2$s: %5$s%6$s%n";
    private static final Duration LEAVE_MAX = Duration.ofSeconds(5);
    private static final Duration SWEEP = Duration.ofSeconds(60);
    private static final Duration WRITE_STALL = Duration.ofMinutes(5);

    private final Path file;
    private final InstantSource clock = InstantSource.system();
    private final LongSupplier nanoTime = System::nanoTime;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean over;
    private volatile Leaving leaving = () -> {};

    /** What this node still owes to others when it stops. */
    private interface Leaving {
        void handOver() throws InterruptedException;
    }

    /** @param file agent.yaml; the default one need not be there */
    Agent(Path file) {
        this.file = file;
    }

    public static void main(String[] arguments) {
        System.setProperty("java.util.logging.SimpleFormatter.format", LOG_LINE);
        // Started as always: nothing but its file is given. All else, its library included, is not in the way of that.
        Optional<Path> plain = AgentCommand.plainStart(arguments);
        System.exit(plain.isPresent() ? new Agent(plain.get()).run() : AgentCommand.execute(arguments));
    }

    /** Serves until it is asked to stop; answers the exit code. */
    int run() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "stop"));
        try {
            start(load());
            stopAsked.await();
            handOver();
            return 0;
        } catch (DarterException | IOException | InterruptedException | RuntimeException e) {
            return explain(e);
        } finally {
            over = true;
            stop();
        }
    }

    private void start(AgentConfig config) throws DarterException, IOException, InterruptedException {
        if (config.exitWithParent()) {
            Thread.ofPlatform().daemon().name("parent").start(this::awaitParentsEnd);
        }
        Logs.set(config.log());
        Files.createDirectories(config.dataDir());
        // Finding and linking the system's SHA-256 takes a while: not in the first pull.
        Thread.ofVirtual().name("sha-256").start(() -> Sha256.of(new byte[1]));

        // Who this node is.
        Membership membership = keep(new Membership(config, clock));
        membership.start();

        // What it has.
        AgentConfig.Store kept = config.store();
        DiskPieceStore store = keep(new DiskPieceStore(
                config.dataDir().resolve("store"),
                new StoreSettings(
                        config.quotaBytes(membership.seed()),
                        kept.highPercent(),
                        kept.lowPercent(),
                        kept.timeToLive(),
                        kept.diskReserveBytes()),
                clock));
        store.start();
        Thread.ofVirtual().name("sweep").start(new Sweeping(store::sweep, stopAsked, SWEEP));

        // Whom it gets contents from: other nodes, origins; together at one rate.
        EventLoops loops = keep(new EventLoops(EVENT_LOOPS));
        ServiceManager manager = keep(new ServiceManager(loops, System.getenv()));
        Traffic traffic = new Traffic();
        Patience patience = new Patience(nanoTime);
        RateLimit download = new RateLimit(config.downloadBytesPerSecond(), nanoTime);
        RateLimit upload = new RateLimit(config.uploadBytesPerSecond(), nanoTime);
        NettyPieceClient peers = keep(new NettyPieceClient(
                loops, membership.clientSecurity(config.peer().tls()), membership.cluster(), download, patience));
        Registries registries = new Registries(config.registries());
        HttpOriginClient origin = keep(new HttpOriginClient(
                registries,
                new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator()),
                download::acquire,
                clock));

        // Who decides: the scheduler; and whom this node gives contents to.
        Figures figures = new Figures(origin, traffic, store);
        PeerPlace place = new PeerPlace(config, membership);
        SchedulerLink link = keep(new SchedulerLink(new SchedulerLink.Settings(
                Optional.of(new SchedulerLink.Transport(loops.group(), loops.socketChannel(), loops.allocator())),
                membership::agentLinks,
                membership::linkTls,
                () -> hello(config, place),
                figures::counters,
                clock,
                patience,
                new SplittableRandom())));
        RemoteMetaDesk desk = new RemoteMetaDesk(link, nanoTime);
        PeerMemory memory = new PeerMemory();
        Tombstones tombstones = Tombstones.load(config.dataDir());
        TaskRegistry tasks = keep(new TaskRegistry(
                new TaskParts(store, peers, origin, link, traffic, nanoTime, memory),
                config.verifyFully(),
                tombstones::has));
        store.whenRemoved(tasks::removed);
        IntSupplier uploads = () -> 0;
        if (membership.joined()) {
            PeerServer server = keep(new PeerServer(
                    loops,
                    config.peer().bind(),
                    config.peer().port(),
                    membership.serverSecurity(config.peer().tls()),
                    upload,
                    membership.cluster(),
                    new PeerServer.Shelf(store, memory::isOpen, tasks::fetching),
                    link::capabilityKeys,
                    link.applianceClock()));
            place.listensOn(server.start());
            figures.servedBy(server::servedBytes);
            link.onReplicas(membership::replicasAt);
            link.onOrders(new FleetOrders(
                    membership.revoked(),
                    () -> {
                        peers.partWithRevoked();
                        server.partWithRevoked();
                    },
                    new Purging(tombstones, store, tasks::purged)));
            link.start(tasks);
            uploads = server::uploads;
            leaving = () -> leave(manager, link, tasks, server);
        } else {
            leaving = manager::stopping;
        }
        LiveSettings settings = new LiveSettings(config, this::load, upload, download, registries);
        settings.apply(clock.instant());

        Optional<SelfCheck> check = membership.joined() && config.selfCheck()
                ? Optional.of(selfCheck(config, membership, loops, origin))
                : Optional.empty();
        check.ifPresent(checking -> figures.checkedBy(checking::outcome));

        // Who asks: container runtimes, the darter command, whoever watches.
        listen(
                "mirror",
                loops,
                new Endpoint.Tcp(
                        "mirror.port", config.mirror().bind(), config.mirror().port()),
                counted(new RegistryMirror(registries, origin, desk, tasks, clock), traffic));
        Facts facts = new Facts(VERSION, config, membership, place, figures, clock);
        Figures.Node seen = new Figures.Node(
                VERSION,
                link::linked,
                () -> tasks.progress().size(),
                uploads,
                () -> config.quotaBytes(membership.seed()),
                facts::free,
                membership::certificateMillisLeft);
        Supplier<AgentStatus> status = () -> figures.status(
                VERSION, membership, link.linked(), config.quotaBytes(membership.seed()), tasks.progress());
        ControlHandler control = new ControlHandler(
                tasks,
                store,
                origin,
                desk,
                new FilteredQuery(config.filteredQueryParams()),
                status,
                () -> facts.of(link),
                () -> reload(manager, settings),
                config.dataDir().resolve("hand"));
        control.start();
        listen("control", loops, new Endpoint.Unix(config.socket()), control);
        listen(
                "health",
                loops,
                new Endpoint.Tcp(
                        "health.port", config.health().bind(), config.health().port()),
                new HealthHandler(
                        () -> !membership.joined() || link.linked(), figures.metrics(seen, store::onDiskBytes)));
        keep(new Pulse(settings, manager, loops, tasks::ticks, config.dataDir(), clock, patience))
                .start();
        manager.ready("serving " + membership);
        check.ifPresent(SelfCheck::start);
        keep(new IdleMemory(figures::movedBytes, () -> {
                    tasks.letGo();
                    loops.letGo();
                }))
                .start();
        log.atInfo()
                .addKeyValue("node", membership)
                .addKeyValue("version", VERSION)
                .log("agent started");
    }

    private String reload(ServiceManager manager, LiveSettings settings) throws DarterException {
        manager.reloading();
        try {
            String words = settings.reload(clock.instant());
            log.atInfo().log("configuration read again: {}", words);
            return words;
        } finally {
            manager.ready("serving");
        }
    }

    /**
     * First the link goes, so that the scheduler gives our children other parents and our leases to other nodes; then what
     * they are receiving from here may end.
     */
    private static void leave(ServiceManager manager, SchedulerLink link, TaskRegistry tasks, PeerServer server)
            throws InterruptedException {
        manager.stopping();
        link.close();
        tasks.close();
        if (!server.drain(LEAVE_MAX)) {
            log.warn("other nodes were still receiving from this one; they go on elsewhere");
        }
    }

    private void handOver() throws InterruptedException {
        log.info("agent stops");
        leaving.handOver();
    }

    private SelfCheck selfCheck(AgentConfig config, Membership membership, EventLoops loops, OriginClient origin) {
        Path folder = config.dataDir().resolve("self-check");
        return keep(new SelfCheck(membership, loops, origin, folder, clock, nanoTime));
    }

    private static Handler counted(Handler mirror, Traffic traffic) {
        return exchange -> {
            traffic.mirrorRequests.increment();
            mirror.handle(exchange);
        };
    }

    private void listen(String name, EventLoops loops, Endpoint endpoint, Handler handler) throws DarterException {
        HttpServerSettings settings = HttpServerSettings.of(endpoint).withTimes(Duration.ofMinutes(2), WRITE_STALL);
        keep(new HttpServer(name, loops, settings, handler)).start();
    }

    private static LinkHello hello(AgentConfig config, PeerPlace place) {
        return new LinkHello(VERSION, place.host(), place.port(), config.zone(), config.rack(), Membership.hostname());
    }

    private AgentConfig load() throws DarterException {
        return load(file);
    }

    static AgentConfig load(Path file) throws DarterException {
        return load(file, System.getenv());
    }

    static AgentConfig load(Path file, Map<String, String> environment) throws DarterException {
        boolean given = Files.exists(file) || !file.equals(DEFAULT_FILE);
        return AgentConfigLoader.load(given ? Optional.of(file) : Optional.empty(), environment);
    }

    /** What is started last is stopped first. */
    private <T extends AutoCloseable> T keep(T part) {
        synchronized (parts) {
            parts.push(part);
        }
        return part;
    }

    private void stop() {
        while (true) {
            AutoCloseable part;
            synchronized (parts) {
                part = parts.poll();
            }
            if (part == null) {
                break;
            }
            try {
                part.close();
            } catch (Exception e) {
                log.atWarn().setCause(e).log("a part did not stop well");
            }
        }
        stopped.countDown();
    }

    private void stopAndWait() {
        boolean bySignal = !over;
        stopAsked.countDown();
        try {
            stopped.await();
            if (bySignal) {
                // Asked to stop, and stopped: that is no failure, whatever signal it was.
                Runtime.getRuntime().halt(0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitParentsEnd() {
        try {
            while (System.in.read() >= 0) {
                // Whatever is said there means only that the parent lives.
            }
        } catch (IOException e) {
            log.atDebug().setCause(e).log("standard input broke");
        }
        stopAsked.countDown();
    }

    /** Says what went wrong; answers the exit code. */
    static int explain(Exception failure) {
        if (failure instanceof DarterException known) {
            System.err.println(known.tried() + ": " + known.happened() + ".");
            System.err.println(known.advice() + " (" + known.code() + ")");
            return known.code().exitCode();
        }
        log.atError().setCause(failure).log("the agent cannot start");
        return 1;
    }
}
