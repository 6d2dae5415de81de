package io.darter.agent.task;

import io.darter.swarm.ContentKey;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What outlives a download and is of use among peers without a scheduler: which contents everybody may have, and which came
 * wrong that way. In memory only, the last of each. Safe for use by many threads.
 */
public final class PeerMemory {
    private static final int KEPT_MAX = 4096;

    private final Set<ContentKey> open = lastOnes();
    private final Set<ContentKey> misled = lastOnes();

    /** This node was given it without showing anybody's credentials. */
    void open(ContentKey key) {
        open.add(key);
    }

    public boolean isOpen(ContentKey key) {
        return open.contains(key);
    }

    /** What peers brought without a scheduler was not the content. */
    void misled(ContentKey key) {
        misled.add(key);
    }

    boolean wasMisled(ContentKey key) {
        return misled.contains(key);
    }

    private static Set<ContentKey> lastOnes() {
        return Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ContentKey, Boolean> eldest) {
                return size() > KEPT_MAX;
            }
        }));
    }
}
