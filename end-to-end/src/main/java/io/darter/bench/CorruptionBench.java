package io.darter.bench;

import io.darter.bench.CorruptionWorld.Content;
import io.darter.bench.CorruptionWorld.Got;
import io.darter.demo.AgentProcess;
import io.darter.demo.DemoFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./dev bench corruption [--rounds N] [--json]}: real agents among peers, disks and fetchers that lie. Each round
 * tells one lie of each kind about a content of its own. Whatever the lie: the pull ends with the right bytes, no wrong one is
 * handed to a caller, and the next source delivers within a second.
 */
public final class CorruptionBench {
    private static final int ROUNDS = 5;
    /** From the first lie until the child has verified the last piece, whoever it came from. */
    public static final long RECOVER_MILLIS_MAX = 1_000;
    /** The same where nobody else holds a piece: the scheduler waits for a third failure before it asks the origin. */
    private static final long ALONE_MILLIS_MAX = 15_000;

    /** Two others are tried when the first one's whole is wrong. */
    private static final int FETCHERS_MAX = 3;

    private static final int FETCHER_ATTEMPTS = 5;
    private static final int DIGEST_MISMATCH = 6;
    private static final String FAILED = "darter_transfers_failed_total";
    private static final String TASKS_FAILED = "darter_tasks_failed_total";

    private final CorruptionWorld world;
    private final SplittableRandom random;
    private final long recoverMillisMax;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private int wrongBytes;
    private int failures;

    /** What one kind of lie came to. */
    private static final class Kind {
        int injected;
        int detected;
        int refetchedVerified;
        long recoverMillis;

        Map<String, Object> figures() {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("injected", injected);
            figures.put("detected", detected);
            figures.put("refetchedVerified", refetchedVerified);
            figures.put("recoverMillis", recoverMillis);
            return figures;
        }
    }

    private CorruptionBench(CorruptionWorld world, long seed, long recoverMillisMax) {
        this.recoverMillisMax = recoverMillisMax;
        this.world = world;
        this.random = new SplittableRandom(seed);
    }

    public static void main(String[] arguments) throws IOException, DemoFailure, InterruptedException {
        Arguments options = Arguments.parse(arguments, Map.of("rounds", ROUNDS, "seed", 1));
        int rounds = options.number("rounds");
        long seed = options.number("seed");
        Programs programs = new Programs(
                Path.of(System.getProperty("darter.root", ""), "node-agent/target/test-classes"),
                System.getProperty("darter.agent.classpath", ""),
                System.getProperty("darter.server.classpath", ""));
        System.exit(measure(programs, rounds, seed, RECOVER_MILLIS_MAX, options.json()));
    }

    /** Where the programs are. */
    public record Programs(Path agentTests, String agentClassPath, String serverClassPath) {}

    /**
     * Returns the exit code.
     *
     * @param recoverMillisMax from the first lie to the last right piece, where others hold them
     */
    public static int measure(Programs programs, int rounds, long seed, long recoverMillisMax, boolean json)
            throws IOException, DemoFailure, InterruptedException {
        try (CorruptionWorld world = new CorruptionWorld(programs, seed)) {
            CorruptionBench bench = new CorruptionBench(world, seed, recoverMillisMax);
            for (int round = 1; round <= rounds; round++) {
                bench.round();
            }
            return bench.report(rounds, json);
        }
    }

    private void round() throws IOException, InterruptedException {
        for (String mode : List.of("FLIP", "SHORT", "LONG", "STALL", "MISSING", "SLOW")) {
            lyingParent(mode, false);
        }
        for (String mode : List.of("FLIP", "STALL", "MISSING")) {
            lyingParent(mode, true);
        }
        lyingFetcher();
        disk(true);
        disk(false);
        wrongOrigin();
    }

    /**
     * A child gets a content that a liar near it says it holds. A lie counts as noticed if the child's transfers failed and
     * its bytes are right all the same; one told slowly or not to its end, if the
     * scheduler had others send the pieces.
     *
     * @param alone nobody else holds it: the next source is the origin, by way of a seed
     */
    private void lyingParent(String mode, boolean alone) throws IOException, InterruptedException {
        String name = mode.toLowerCase(Locale.ROOT) + (alone ? "Alone" : "");
        Content content = world.content();
        AgentProcess child = world.nodes.get(1);
        if (!alone) {
            expect(name + ", before the lie", world.get(world.nodes.get(0), content));
        }
        world.parent.lieAbout(mode, content.url(), content.file());
        long failedBefore = world.metric(child, FAILED);
        Kind kind = kind(name);
        Got got;
        try (PieceWatch watch = new PieceWatch(child)) {
            got = world.get(child, content);
            List<Long> lies = world.parent.liesMillis();
            if (!lies.isEmpty()) {
                recovered(
                        name, kind, watch.lastMillis() - lies.getFirst(), alone ? ALONE_MILLIS_MAX : recoverMillisMax);
            }
        }
        expect(name, got);
        int lies = world.parent.liesMillis().size();
        kind.injected += lies;
        boolean noticed = world.metric(child, FAILED) > failedBefore || mode.equals("SLOW") || mode.equals("STALL");
        kind.detected += noticed && got.right() ? lies : 0;
        kind.refetchedVerified += got.right() ? lies : 0;
        if (mode.equals("FLIP")) {
            expect(name + ", another child", world.get(world.nodes.get(2), content));
            if (world.parent.liesMillis().size() != lies) {
                failed(name + ": whoever sent wrong bytes was asked again by another child");
            }
        }
    }

    /**
     * A seed fetches wrong bytes and tells their digests: they agree, and only the whole does not. Whoever has all of it first
     * notices, the child or the honest seed; the others only begin again.
     */
    private void lyingFetcher() throws IOException, InterruptedException {
        Kind kind = kind("fetcher");
        for (int attempt = 0; attempt < FETCHER_ATTEMPTS; attempt++) {
            Content content = world.content();
            AgentProcess child = world.nodes.get(1);
            world.fetcher.lieAbout("FETCH", content.url(), content.file());
            long failedBefore = world.honestMetrics(TASKS_FAILED);
            Got got = world.get(child, content);
            expect("fetcher", got);
            List<Long> lies = world.fetcher.wrongFetchesMillis();
            if (lies.isEmpty()) {
                continue; // the honest seed was faster
            }
            boolean noticed = world.honestMetrics(TASKS_FAILED) > failedBefore;
            kind.injected += lies.size();
            kind.detected += noticed ? lies.size() : 0;
            kind.refetchedVerified += got.right() ? lies.size() : 0;
            kind.recoverMillis = Math.max(kind.recoverMillis, got.endMillis() - lies.getFirst());
            expect("fetcher, another child", world.get(world.nodes.get(2), content));
            return;
        }
    }

    /** The origin itself has other bytes than the digest says: that must not end well. */
    private void wrongOrigin() throws IOException, InterruptedException {
        Content content = world.content();
        Content other = world.content();
        long before = world.origin.sentBytes();
        Got got = world.get(world.nodes.get(1), new Content(content.file(), content.url(), other.sha256()));
        Kind kind = kind("origin");
        kind.injected++;
        if (got.exit() == DIGEST_MISMATCH) {
            kind.detected++;
        } else {
            failed("origin: darter get ended with " + got.exit() + " (" + got.words() + ")");
        }
        long times = (world.origin.sentBytes() - before) / world.contentBytes();
        if (times > FETCHERS_MAX) {
            failed("origin: it was fetched " + times + " times");
        }
    }

    /** A bit of a whole content flips on the disk: first a child asks for it, then somebody on the node itself. */
    private void disk(boolean childFirst) throws IOException, InterruptedException {
        String name = childFirst ? "diskServed" : "diskRead";
        Kind kind = kind(name);
        Content content = world.content();
        AgentProcess holder = world.nodes.get(0);
        expect(name + ", before the flip", world.get(holder, content));
        world.get(world.nodes.get(2), content); // somebody else has it too
        Path file = world.stored(holder, content);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = random.nextLong(bytes.length());
            bytes.seek(at);
            int value = bytes.read();
            bytes.seek(at);
            bytes.write(value ^ 1 << random.nextInt(8));
        }
        kind.injected++;
        long startMillis = System.currentTimeMillis();
        if (childFirst) {
            expect(name, world.get(world.nodes.get(1), content));
        }
        Got got = world.get(holder, content);
        expect(name + ", on the node itself", got);
        kind.recoverMillis = Math.max(kind.recoverMillis, got.endMillis() - startMillis);
        kind.refetchedVerified += got.right() ? 1 : 0;
        if (world.isRight(file, content)) {
            kind.detected++;
        } else {
            failed(name + ": the damaged piece is still in the store");
        }
    }

    private void recovered(String name, Kind kind, long millis, long millisMax) {
        kind.recoverMillis = Math.max(kind.recoverMillis, millis);
        if (millis > millisMax) {
            failed(name + ": it took " + millis + " ms until every right piece was there");
        }
    }

    private void expect(String name, Got got) {
        if (got.exit() == 0 && !got.right()) {
            wrongBytes++;
        }
        if (got.exit() != 0 || !got.right()) {
            failed(name + ": darter get ended with " + got.exit() + " (" + got.words() + ")");
        }
    }

    private void failed(String what) {
        failures++;
        System.err.println("WRONG: " + what);
    }

    private Kind kind(String name) {
        return kinds.computeIfAbsent(name, _ -> new Kind());
    }

    private int report(int rounds, boolean json) throws IOException {
        List<Path> leftovers = world.leftovers();
        leftovers.forEach(file -> System.err.println("left over: " + file));
        kinds.forEach((name, kind) -> {
            System.out.printf(
                    "%-12s %3d told, %3d noticed, all right bytes after %d ms at most%n",
                    name, kind.injected, kind.detected, kind.recoverMillis);
            if (kind.injected == 0) {
                failed(name + ": no such lie was told");
            } else if (kind.detected < kind.injected) {
                failed(name + ": nobody noticed " + (kind.injected - kind.detected));
            }
        });
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("rounds", rounds);
            all.put(
                    "injected",
                    kinds.values().stream().mapToInt(kind -> kind.injected).sum());
            all.put(
                    "detected",
                    kinds.values().stream().mapToInt(kind -> kind.detected).sum());
            all.put("wrongBytes", wrongBytes);
            all.put("leakedFiles", leftovers.size());
            all.put(
                    "refetchedVerified",
                    kinds.values().stream()
                            .mapToInt(kind -> kind.refetchedVerified)
                            .sum());
            all.put("failures", failures);
            kinds.forEach((name, kind) -> all.put(name, kind.figures()));
            System.out.println(JsonMapper.shared().writeValueAsString(all));
        }
        return failures > 0 || wrongBytes > 0 || !leftovers.isEmpty() || kinds.isEmpty() ? 1 : 0;
    }
}
