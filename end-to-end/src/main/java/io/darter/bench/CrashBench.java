package io.darter.bench;

import io.darter.demo.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./dev bench crash [--rounds N] [--agent-rounds N] [--seed S] [--json]}: kills the process of a store again and again, in the
 * middle of ingest, commit and eviction, and looks after every restart at what the store then offers. Three kinds of rounds:
 * kill -9; kill -9 with torn files; and a loss of power on a file system of its own, of which only what had reached the
 * disk survives. Last the same with a whole agent under real pulls.
 */
public final class CrashBench {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final int rounds;
    private final int agentRounds;
    private final long seed;
    private final Map<String, Integer> phases = new TreeMap<>();
    private int injected;
    private int detected;
    private int tears;
    private int powerLosses;
    private int wrongPieces;
    private int leakedFiles;
    private int refetched;
    private int lostByPower;
    private int failures;

    private CrashBench(int rounds, int agentRounds, long seed) {
        this.rounds = rounds;
        this.agentRounds = agentRounds;
        this.seed = seed;
    }

    public static void main(String[] arguments) throws Exception {
        int anySeed = (int) (System.nanoTime() & 0xffffff);
        Arguments options = Arguments.parse(arguments, Map.of("rounds", 200, "agent-rounds", 20, "seed", anySeed));
        int rounds = options.number("rounds");
        int agentRounds = options.number("agent-rounds");
        long seed = options.number("seed");
        System.exit(new CrashBench(rounds, agentRounds, seed).run(options.json()));
    }

    private int run(boolean json) throws Exception {
        System.err.println("crash: seed " + seed + " (again with --seed " + seed + ")");
        CrashAgents.Result agents;
        try (WorkFolder work = WorkFolder.create(Path.of(System.getProperty("java.io.tmpdir")))) {
            kills(work.path().resolve("kills"));
            powerLosses(work.path().resolve("power"));
            agents = agentRounds == 0
                    ? CrashAgents.Result.NONE
                    : new CrashAgents(work.path().resolve("agents"), seed).run(agentRounds);
        }
        injected += agents.injected();
        detected += agents.detected();
        wrongPieces += agents.wrongFiles();
        leakedFiles += agents.leakedFiles();
        refetched += agents.refetched();
        failures += agents.failures();
        boolean everyPhase = phases.getOrDefault("ingest", 0) > 0
                && phases.getOrDefault("commit", 0) > 0
                && phases.getOrDefault("evict", 0) > 0;
        if (!everyPhase) {
            System.err.println("crash: no kill in one of ingest, commit, evict: " + phases);
        }
        boolean good = everyPhase && wrongPieces == 0 && leakedFiles == 0 && refetched == 0 && failures == 0;
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rounds", rounds);
        figures.put("injected", injected);
        figures.put("detected", detected);
        figures.put("wrongBytes", wrongPieces);
        figures.put("leakedFiles", leakedFiles);
        figures.put("refetchedVerified", refetched);
        figures.put("failures", failures);
        figures.put("killsByPhase", phases);
        figures.put("tornFiles", tears);
        figures.put("powerLosses", powerLosses);
        figures.put("piecesLostByPower", lostByPower);
        figures.put("agentRounds", agents.injected());
        figures.put("agentKillsDuringPull", agents.duringPull());
        figures.put("seed", seed);
        figures.forEach((name, value) -> {
            if (!json) {
                System.out.println(name + " " + value);
            }
        });
        if (json) {
            System.out.println(JSON.writeValueAsString(figures));
        }
        return good ? 0 : 1;
    }

    /** A fifth of the rounds also tears what was not durable, as a loss of power may. */
    private void kills(Path folder) throws IOException, InterruptedException {
        Random random = new Random(seed);
        CrashModel model = new CrashModel();
        try (CrashRound store = new CrashRound(folder, seed, model)) {
            for (int round = 0; round < rounds; round++) {
                boolean torn = round % 5 == 4;
                store.runAndKill(random);
                injected++;
                model.phases().forEach(phase -> phases.merge(phase, 1, Integer::sum));
                if (torn) {
                    tears += store.tear(random);
                }
                settle(store, model, false, "round " + round);
            }
        }
    }

    private void powerLosses(Path folder) throws IOException, InterruptedException {
        int losses = rounds == 0 ? 0 : Math.max(1, rounds / 5);
        if (!PowerDisk.available()) {
            System.err.println(
                    "crash: NOT RUN: " + losses + " losses of power (they need root, loop devices and mkfs.ext4)");
            return;
        }
        Random random = new Random(seed + 1);
        CrashModel model = new CrashModel();
        try (PowerDisk disk = PowerDisk.create(folder);
                CrashRound store = new CrashRound(disk.mounted().resolve("store"), seed + 1, model)) {
            for (int loss = 0; loss < losses; loss++) {
                store.runAndKill(random);
                disk.losePower();
                injected++;
                powerLosses++;
                settle(store, model, true, "loss of power " + loss);
            }
        }
    }

    /** Starts the store again and compares. */
    private void settle(CrashRound store, CrashModel model, boolean power, String round)
            throws IOException, InterruptedException {
        Set<String> died = model.phases();
        int wrongBefore = model.wrongPieces();
        int leaked = store.restart();
        CrashModel.Verdict verdict = model.settle(power);
        int wrong = model.wrongPieces() - wrongBefore;
        wrongPieces += wrong;
        leakedFiles += leaked;
        refetched += verdict.refetched();
        lostByPower += verdict.lostPieces();
        failures += verdict.lostCommitted();
        if (model.checked()) {
            detected++;
        } else {
            failures++;
            System.err.println("crash: " + round + ": the store did not start again");
        }
        if (wrong + leaked + verdict.refetched() + verdict.lostCommitted() > 0
                || !model.broke().isEmpty()) {
            failures += model.broke().isEmpty() ? 0 : 1;
            System.err.println("crash: " + round + " (" + died + "): wrong " + wrong + ", leaked " + leaked + ", "
                    + verdict + " " + model.broke());
        }
        if (injected % 20 == 0) {
            System.err.println("crash: " + injected + " kills, by phase " + phases);
        }
    }
}
