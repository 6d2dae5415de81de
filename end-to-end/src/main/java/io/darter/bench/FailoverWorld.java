package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.Child;
import io.darter.demo.DemoFailure;
import io.darter.demo.HttpDoor;
import io.darter.demo.Running;
import io.darter.demo.Sha256;
import io.darter.demo.WorkFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An appliance, nodes, mostly a seed, and a slow registry; and the means to let one of them die. */
final class FailoverWorld implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String ADDRESS = "127.0.19.";
    private static final String REDIS_PASSWORD = "failover";
    private static final int SEED_NUMBER = 250;
    private static final Duration DEATH = Duration.ofSeconds(10);
    private static final Pattern ORIGIN_BYTES =
            Pattern.compile("(?im)^darter_traffic_bytes_total\\{[^}]*\"origin\"[^}]*} (\\d+)$");

    private final WorkFolder work;
    private final Running running = new Running();
    private final String agentClassPath;
    private final SplittableRandom random;
    private final HttpDoor door = HttpDoor.direct();
    private final ApplianceProcess.@Nullable Plan appliancePlan;
    /** Where there are several. */
    private final @Nullable Replicas replicas;

    private final List<AgentProcess> seeds = new ArrayList<>();
    /** None, or one. */
    private final List<RedisSentinels> redis = new ArrayList<>();

    private int oldMasterPort;
    private int oldOwner;
    private final FutureTask<Double> takeover = new FutureTask<>(this::awaitTakeover);
    final FileOrigin origin;
    final List<AgentProcess> nodes = new ArrayList<>();
    private ApplianceProcess appliance;

    FailoverWorld(
            FailoverBench.Programs programs, int agents, FailoverFault fault, long originBytesPerSecond, long random)
            throws IOException, DemoFailure, InterruptedException {
        this.agentClassPath = programs.agentClassPath();
        this.random = new SplittableRandom(random);
        work = WorkFolder.create(Path.of(System.getProperty("java.io.tmpdir")));
        boolean good = false;
        try {
            origin = running.keep(
                    FileOrigin.start(Files.createDirectory(work.path().resolve("origin")), originBytesPerSecond));
            if (fault.replicas > 1) {
                replicas = running.keep(Replicas.start(programs.serverClassPath(), work.path(), fault.replicas));
                redis.add(replicas.redis());
                appliancePlan = null;
                appliance = replicas.first();
            } else {
                replicas = null;
                appliancePlan = alone(programs, fault);
                appliance = running.keep(ApplianceProcess.start(appliancePlan));
                appliance.awaitReady();
            }
            if (fault.seed) {
                seeds.add(agent("seed", SEED_NUMBER, appliance.createJoinToken("seed", 1)));
            }
            String token = appliance.createJoinToken("node", agents);
            for (int number = 1; number <= agents; number++) {
                nodes.add(agent("node " + number, number, token));
            }
            for (AgentProcess each : seeds) {
                each.awaitReady();
            }
            for (AgentProcess each : nodes) {
                each.awaitReady();
            }
            good = true;
        } finally {
            if (!good) {
                close();
            }
        }
    }

    private ApplianceProcess.Plan alone(FailoverBench.Programs programs, FailoverFault fault)
            throws IOException, InterruptedException {
        // Not any free ones: agents find it where it was when it is started again.
        Map<String, Object> settings =
                new HashMap<>(Map.of("httpsPort", freePort(), "httpPort", freePort(), "agentPort", freePort()));
        if (fault == FailoverFault.REDIS_MASTER_KILLED) {
            redis.add(running.keep(RedisSentinels.start(work.path().resolve("redis"), REDIS_PASSWORD)));
            settings.put("redis.sentinels", redis.getFirst().addresses());
            settings.put("redis.sentinelMaster", RedisSentinels.MASTER_NAME);
            settings.put(
                    "redis.passwordFile",
                    Files.writeString(work.path().resolve("redis-password"), REDIS_PASSWORD)
                            .toString());
        }
        return new ApplianceProcess.Plan(
                programs.serverClassPath(), List.of(), work.path().resolve("appliance"), HOST, settings, door);
    }

    private AgentProcess agent(String name, int number, String token) throws IOException {
        String address = ADDRESS + number;
        return running.keep(AgentProcess.start(new AgentProcess.Plan(
                name,
                agentClassPath,
                List.of(),
                work.path().resolve(name.replace(' ', '-')),
                address,
                address,
                token,
                new HashMap<String, Object>(),
                door)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
            return socket.getLocalPort();
        }
    }

    /** The digest of a blob that is new to everybody. */
    String blob(int sizeBytes) throws IOException {
        byte[] bytes = new byte[sizeBytes];
        random.nextBytes(bytes);
        Path file = Files.write(work.path().resolve("origin/new"), bytes);
        String digest = "sha256:" + Sha256.hexOf(file);
        Files.move(file, file.resolveSibling(digest));
        return digest;
    }

    FailoverPull pull(AgentProcess node, String digest) {
        return FailoverPull.start(node.name(), node.mirrorUrl(), origin.host(), digest);
    }

    /** Lets it happen; answers what proves that it did. */
    String inject(FailoverFault fault, AgentProcess spared) throws IOException, InterruptedException {
        return switch (fault) {
            case NONE, NONE_OF_THREE -> "nothing was injected";
            case OWNER_KILLED -> {
                oldOwner = several().owner();
                String words = several().kill(oldOwner);
                Thread.ofVirtual().name("takeover").start(takeover);
                yield words;
            }
            case OWNER_STOPPED -> {
                oldOwner = several().owner();
                yield stop(several().child(oldOwner));
            }
            case ALL_THREE_KILLED -> several().killAll();
            case REDIS_MASTER_OF_THREE -> {
                oldMasterPort = redis.getFirst().masterPort();
                oldOwner = several().owner();
                redis.getFirst().awaitGrant();
                yield redis.getFirst().killMaster();
            }
            case SCHEDULER_KILLED, ALL_REPLICAS_DOWN -> kill(appliance.child());
            case SCHEDULER_STOPPED -> stop(appliance.child());
            case REDIS_KILLED -> killRedis();
            case REDIS_MASTER_KILLED -> {
                oldMasterPort = redis.getFirst().masterPort();
                yield redis.getFirst().killMaster();
            }
            case SEED_KILLED -> kill(seeds.getFirst().child());
            case FETCHER_KILLED -> killFetcher(spared);
        };
    }

    /** What a person or a supervisor does about it; answers what proves that it was done. */
    String repair(FailoverFault fault) throws IOException, DemoFailure, InterruptedException {
        return switch (fault) {
            case SCHEDULER_KILLED -> {
                Files.deleteIfExists(work.path().resolve("appliance/data/ports.json"));
                appliance = running.keep(ApplianceProcess.start(Objects.requireNonNull(appliancePlan)));
                appliance.awaitReady();
                yield "a new one is ready";
            }
            case SCHEDULER_STOPPED -> goOn(appliance.child());
            case OWNER_KILLED -> tookOver();
            case OWNER_STOPPED ->
                tookOver() + "; " + goOn(several().child(oldOwner)) + "; it "
                        + (gaveWay() ? "gave way" : "did NOT give way");
            case ALL_THREE_KILLED -> {
                for (int number = 0; number < several().count(); number++) {
                    several().startAgain(number);
                }
                for (int number = 0; number < several().count(); number++) {
                    several().awaitReady(number);
                }
                yield "all are ready again";
            }
            case REDIS_MASTER_OF_THREE -> {
                String words = redis.getFirst().awaitNextMaster(oldMasterPort);
                yield words + "; the owner is "
                        + (several().owner() == oldOwner ? "the same as before" : "another one than before");
            }
            case REDIS_MASTER_KILLED -> redis.getFirst().awaitNextMaster(oldMasterPort);
            case NONE, NONE_OF_THREE, ALL_REPLICAS_DOWN, REDIS_KILLED, FETCHER_KILLED, SEED_KILLED -> "";
        };
    }

    private Replicas several() throws IOException {
        if (replicas == null) {
            throw new IOException("there is one appliance only");
        }
        return replicas;
    }

    private double awaitTakeover() throws IOException, InterruptedException {
        return several().awaitTakeover(oldOwner);
    }

    private String tookOver() throws IOException, InterruptedException {
        try {
            return String.format(Locale.ROOT, "another replica had taken over after %.1f s", takeover.get());
        } catch (ExecutionException e) {
            throw new IOException("nobody took over", e.getCause());
        }
    }

    /** Whether the replica that was stopped has noticed that it is the owner no longer. */
    private boolean gaveWay() throws IOException, InterruptedException {
        for (int left = 100; left > 0; left--) {
            if (Files.readString(several().child(oldOwner).log()).contains("this replica no longer owns the cluster")) {
                return true;
            }
            Thread.sleep(100);
        }
        return false;
    }

    private String stop(Child child) throws IOException, InterruptedException {
        signal("STOP", child.pid());
        if (replicas != null) {
            Thread.ofVirtual().name("takeover").start(takeover);
        }
        return "process " + child.pid() + " is in state " + state(child.pid());
    }

    private static String goOn(Child child) throws IOException, InterruptedException {
        String before = state(child.pid());
        signal("CONT", child.pid());
        return "it was in state " + before + " until it was continued";
    }

    private String kill(Child child) throws IOException, InterruptedException {
        child.kill();
        if (!child.awaitExit(DEATH)) {
            throw new IOException(child.name() + " did not die");
        }
        return child.name() + " (process " + child.pid() + ") ended with " + child.exitCode();
    }

    private String killRedis() throws IOException, InterruptedException {
        ProcessHandle redis = ProcessHandle.of(appliance.child().pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(child -> child.info().command().orElse("").contains("redis"))
                .findFirst()
                .orElseThrow(() -> new IOException("the appliance has no redis-server"));
        redis.destroyForcibly();
        for (int left = 100; left > 0 && redis.isAlive(); left--) {
            Thread.sleep(50);
        }
        if (redis.isAlive()) {
            throw new IOException("redis-server did not die");
        }
        return "redis-server (process " + redis.pid() + ") is gone";
    }

    private String killFetcher(AgentProcess spared) throws IOException, InterruptedException {
        AgentProcess fetcher = null;
        long most = 0;
        for (AgentProcess node : nodes) {
            long bytes = node == spared ? 0 : originBytes(node);
            if (bytes > most) {
                most = bytes;
                fetcher = node;
            }
        }
        if (fetcher == null) {
            throw new IOException("no node has fetched anything from the origin");
        }
        nodes.remove(fetcher);
        return kill(fetcher.child()) + " after " + most + " bytes from the origin";
    }

    private long originBytes(AgentProcess node) throws IOException, InterruptedException {
        Matcher line = ORIGIN_BYTES.matcher(
                door.send("GET", node.healthUrl() + "/metrics", null, null).body());
        if (!line.find()) {
            throw new IOException(node.name() + " does not say what it got from the origin");
        }
        return Long.parseLong(line.group(1));
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        if (new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor() != 0) {
            throw new IOException("kill -" + name + " " + pid + " failed");
        }
    }

    /** The letter of the kernel; T: stopped. */
    private static String state(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    }

    @Override
    public void close() {
        running.close();
        if (System.getProperty("darter.keep") == null) {
            work.close();
        }
    }
}
