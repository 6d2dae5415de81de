package io.darter.bench;

import io.darter.demo.ApplianceProcess;
import io.darter.demo.Child;
import io.darter.demo.DemoFailure;
import io.darter.demo.HttpDoor;
import io.darter.demo.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several replicas of one appliance, which share a MariaDB and a Redis with Sentinels; each may die and come back. */
public final class Replicas implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String PASSWORD = "failover";
    private static final Duration DEATH = Duration.ofSeconds(10);
    private static final int PATIENCE_SECONDS = 40;

    private final Running parts = new Running();
    private final List<Replica> replicas = new ArrayList<>();
    private final RedisSentinels redis;
    private final MariaDb database;

    private static final class Replica {
        final ApplianceProcess.Plan plan;
        ApplianceProcess process;

        Replica(ApplianceProcess.Plan plan) throws IOException {
            this.plan = plan;
            this.process = ApplianceProcess.start(plan);
        }
    }

    private Replicas(Path folder) throws IOException, InterruptedException {
        boolean good = false;
        try {
            redis = parts.keep(RedisSentinels.start(folder.resolve("redis"), PASSWORD));
            database = parts.keep(MariaDb.start(folder.resolve("mariadb"), PASSWORD));
            good = true;
        } finally {
            if (!good) {
                close();
            }
        }
    }

    /** Returns when all are ready and one of them owns the cluster. */
    public static Replicas start(String serverClassPath, Path folder, int count)
            throws IOException, DemoFailure, InterruptedException {
        Replicas all = new Replicas(folder);
        boolean good = false;
        try {
            all.startAll(serverClassPath, folder, count);
            good = true;
        } finally {
            if (!good) {
                all.close();
            }
        }
        return all;
    }

    private void startAll(String serverClassPath, Path folder, int count)
            throws IOException, DemoFailure, InterruptedException {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        Path masterKey =
                secret(folder.resolve("master.key"), Base64.getEncoder().encodeToString(key));
        Path password = secret(folder.resolve("password"), PASSWORD);
        for (int number = 1; number <= count; number++) {
            Map<String, Object> settings = Map.ofEntries(
                    Map.entry("httpsPort", freePort()),
                    Map.entry("httpPort", freePort()),
                    Map.entry("agentPort", freePort()),
                    Map.entry("replicas", count),
                    Map.entry("masterKeyFile", masterKey.toString()),
                    Map.entry("database.url", database.url()),
                    Map.entry("database.username", MariaDb.USER),
                    Map.entry("database.passwordFile", password.toString()),
                    Map.entry("redis.sentinels", redis.addresses()),
                    Map.entry("redis.sentinelMaster", RedisSentinels.MASTER_NAME),
                    Map.entry("redis.passwordFile", password.toString()));
            replicas.add(new Replica(new ApplianceProcess.Plan(
                    serverClassPath,
                    List.of(),
                    folder.resolve("appliance-" + number),
                    HOST,
                    settings,
                    HttpDoor.direct())));
            if (number == 1) {
                first().awaitReady(); // it makes the tables and the first user, whose password is with it
            }
        }
        for (Replica replica : replicas) {
            replica.process.awaitReady();
        }
        awaitOwner("");
        awaitTokensThatNameAll();
    }

    /** Only when the first has heard of the others a node that joins learns where they are. */
    private void awaitTokensThatNameAll() throws IOException, DemoFailure, InterruptedException {
        int named = 0;
        for (int left = PATIENCE_SECONDS * 5; left > 0; left--) {
            named = serversOf(first().createJoinToken("node", 1)).size();
            if (named >= replicas.size()) {
                return;
            }
            Thread.sleep(200);
        }
        throw new IOException(
                "join tokens name " + named + " of " + replicas.size() + " replicas after " + PATIENCE_SECONDS + " s");
    }

    private static JsonNode serversOf(String joinToken) {
        String fields = joinToken.substring(joinToken.indexOf('.') + 1);
        return JsonMapper.shared()
                .readTree(Base64.getUrlDecoder().decode(fields))
                .path("servers");
    }

    /** The one that was started first, of which a person knows the password. */
    public ApplianceProcess first() {
        return replicas.getFirst().process;
    }

    public RedisSentinels redis() {
        return redis;
    }

    public MariaDb database() {
        return database;
    }

    /** The number of the one that owns the cluster, from 0. */
    public int owner() throws IOException, InterruptedException {
        return numberOf(awaitOwner(""));
    }

    /** Its name, as soon as it is another than this. */
    private String awaitOwner(String before) throws IOException, InterruptedException {
        for (int left = PATIENCE_SECONDS * 50; left > 0; left--) {
            String owner = redis.owner();
            if (!owner.isEmpty() && !owner.equals(before)) {
                return owner;
            }
            Thread.sleep(20);
        }
        throw new IOException(
                "no other replica than '" + before + "' has owned the cluster within " + PATIENCE_SECONDS + " s");
    }

    private int numberOf(String name) throws IOException {
        for (int number = 0; number < replicas.size(); number++) {
            if (nameOf(number).equals(name)) {
                return number;
            }
        }
        throw new IOException("there is no replica " + name);
    }

    private String nameOf(int number) throws IOException {
        return Files.readString(replicas.get(number).plan.folder().resolve("data/replica"))
                .strip();
    }

    Child child(int number) {
        return replicas.get(number).process.child();
    }

    /** As kill -9 does. */
    public String kill(int number) throws IOException, InterruptedException {
        Child child = child(number);
        child.kill();
        if (!child.awaitExit(DEATH)) {
            throw new IOException("the replica did not die");
        }
        return "replica " + nameOf(number) + " (process " + child.pid() + ") ended with " + child.exitCode();
    }

    public String killAll() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        for (int number = 0; number < replicas.size(); number++) {
            words.add(kill(number));
        }
        return String.join(", ", words);
    }

    /** Starts it again; {@link #awaitReady} waits. */
    public void startAgain(int number) throws IOException {
        Replica replica = replicas.get(number);
        Files.deleteIfExists(replica.plan.folder().resolve("data/ports.json"));
        replica.process = ApplianceProcess.start(replica.plan);
    }

    public String awaitReady(int number) throws DemoFailure, InterruptedException {
        replicas.get(number).process.awaitReady();
        return "a new one is ready";
    }

    public int count() {
        return replicas.size();
    }

    /** Waits until another replica than that one owns the cluster; answers how long that took. */
    public double awaitTakeover(int from) throws IOException, InterruptedException {
        long since = System.nanoTime();
        awaitOwner(nameOf(from));
        return (System.nanoTime() - since) / 1e9;
    }

    /** A new file that nobody else may read. */
    public static Path secret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text + "\n");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        replicas.forEach(replica -> replica.process.close());
        parts.close();
    }
}
