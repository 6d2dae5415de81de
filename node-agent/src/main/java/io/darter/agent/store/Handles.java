package io.darter.agent.store;

import java.util.LinkedHashSet;

/** The contents whose files are open, idle or not; above a bound the file that was opened longest ago is let go. */
final class Handles {
    private static final int MAX = 256;

    private final LinkedHashSet<DiskContent> open = new LinkedHashSet<>();

    void opened(DiskContent content) {
        DiskContent oldest = null;
        synchronized (open) {
            open.add(content);
            if (open.size() > MAX) {
                oldest = open.removeFirst();
            }
        }
        if (oldest != null) {
            oldest.dropHandle();
        }
    }

    void forget(DiskContent content) {
        synchronized (open) {
            open.remove(content);
        }
    }

    void clear() {
        synchronized (open) {
            open.clear();
        }
    }
}
