package io.darter.bench;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the store must still have, from what the killed process said that it had done; and what it really has. */
final class CrashModel {
    private final Map<Integer, Set<Integer>> accepted = new TreeMap<>();
    private final Set<Integer> committed = new TreeSet<>();
    private final Map<Integer, Set<Integer>> held = new TreeMap<>();
    private final Set<Integer> heldCommitted = new TreeSet<>();
    private final Map<String, String> doing = new TreeMap<>();
    private final Set<Integer> beingRemoved = new TreeSet<>();
    /** What each thread opened last. */
    private final Map<String, Integer> inHand = new TreeMap<>();

    private boolean checked;
    private int wrongPieces;
    private String broke = "";

    /** What a restart came to. */
    record Verdict(int refetched, int lostPieces, int lostCommitted, int vanished) {}

    /** A new process begins. */
    void begin() {
        held.clear();
        heldCommitted.clear();
        doing.clear();
        checked = false;
    }

    /** Takes a line of the process. */
    void hear(String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "starting" -> doing.put("start", "restart");
            case "wrong" -> wrongPieces++;
            case "holds" -> {
                Set<Integer> pieces = new TreeSet<>();
                for (int i = 3; i < words.length; i++) {
                    pieces.add(Integer.parseInt(words[i]));
                }
                held.put(Integer.parseInt(words[1]), pieces);
                if (words[2].equals("committed")) {
                    heldCommitted.add(Integer.parseInt(words[1]));
                }
            }
            case "checked" -> {
                checked = true;
                doing.remove("start");
            }
            case "evicting" -> {
                beingRemoved.add(Integer.parseInt(words[1]));
                doing.put("eviction of " + words[1], "evict");
            }
            case "gone" -> {
                forget(Integer.parseInt(words[1]));
                beingRemoved.remove(Integer.parseInt(words[1]));
                doing.remove("eviction of " + words[1]);
            }
            case "open" -> {
                inHand.put(words[1], Integer.parseInt(words[2]));
                doing.put(words[1], "open");
            }
            case "opened" -> doing.put(words[1], "ingest");
            case "piece" ->
                accepted.computeIfAbsent(Integer.parseInt(words[2]), _ -> new TreeSet<>())
                        .add(Integer.parseInt(words[3]));
            case "commit" -> doing.put(words[1], "commit");
            case "committed" -> {
                committed.add(Integer.parseInt(words[2]));
                doing.put(words[1], "idle");
            }
            case "remove" -> {
                beingRemoved.add(Integer.parseInt(words[2]));
                doing.put(words[1], "evict");
            }
            case "removed" -> {
                forget(Integer.parseInt(words[2]));
                beingRemoved.remove(Integer.parseInt(words[2]));
                doing.put(words[1], "idle");
            }
            case "broke" -> broke = line;
            default -> {}
        }
    }

    /** Evicted, and opened again by who worked on it, before the process could say that it was gone. */
    private boolean isOpenedAnew(int content) {
        return beingRemoved.contains(content) && inHand.containsValue(content);
    }

    private void forget(int content) {
        accepted.remove(content);
        committed.remove(content);
    }

    /** What the threads of the process were doing when it died. */
    Set<String> phases() {
        return new TreeSet<>(doing.values());
    }

    boolean checked() {
        return checked;
    }

    int wrongPieces() {
        return wrongPieces;
    }

    String broke() {
        return broke;
    }

    Set<Integer> held() {
        return held.keySet();
    }

    boolean holdsCommitted(int content) {
        return heldCommitted.contains(content);
    }

    /** The content was damaged on purpose: nothing is expected of it. */
    int damaged(int content) {
        Set<Integer> pieces = accepted.remove(content);
        return pieces == null ? 0 : pieces.size();
    }

    /**
     * Compares after a restart, and takes what is there as what must be there next time.
     *
     * @param power pieces that nobody made durable may be missing
     */
    Verdict settle(boolean power) {
        int refetched = 0;
        int lostPieces = 0;
        int lostCommitted = 0;
        int vanished = 0;
        for (Map.Entry<Integer, Set<Integer>> expected : accepted.entrySet()) {
            Set<Integer> lost = new TreeSet<>(expected.getValue());
            Set<Integer> present = held.getOrDefault(expected.getKey(), Set.of());
            lost.removeAll(present);
            if (lost.isEmpty()) {
                continue;
            }
            if (beingRemoved.contains(expected.getKey()) && (present.isEmpty() || isOpenedAnew(expected.getKey()))) {
                vanished++; // as a whole, before the process could say so
            } else if (power && !committed.contains(expected.getKey())) {
                lostPieces += lost.size();
            } else if (power) {
                lostCommitted++;
            } else {
                refetched += lost.size();
            }
        }
        for (int content : committed) {
            if (held.containsKey(content) && !heldCommitted.contains(content) && !isOpenedAnew(content)) {
                lostCommitted++;
            }
        }
        beingRemoved.clear();
        inHand.clear();
        accepted.clear();
        held.forEach((content, pieces) -> accepted.put(content, new TreeSet<>(pieces)));
        committed.clear();
        committed.addAll(heldCommitted);
        return new Verdict(refetched, lostPieces, lostCommitted, vanished);
    }
}
