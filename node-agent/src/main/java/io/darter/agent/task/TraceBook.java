package io.darter.agent.task;

import io.darter.swarm.ContentKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The traces of running contents and of those that ended lately: at most 256 contents and 16,384 events, the oldest that
 * ended go first. Safe for use by many threads.
 */
final class TraceBook {
    private static final int CONTENTS_MAX = 256;
    private static final int EVENTS_MAX = 16_384;

    private final LinkedHashMap<ContentKey, TaskTrace> traces = new LinkedHashMap<>();

    /** Takes the place of an older one of the same content. */
    synchronized void begin(ContentKey key, TaskTrace trace) {
        traces.remove(key);
        traces.put(key, trace);
        int events = traces.values().stream().mapToInt(TaskTrace::size).sum();
        Iterator<TaskTrace> oldest = traces.values().iterator();
        while (oldest.hasNext() && (traces.size() > CONTENTS_MAX || events > EVENTS_MAX)) {
            TaskTrace candidate = oldest.next();
            if (!candidate.isRunning()) {
                events -= candidate.size();
                oldest.remove();
            }
        }
    }

    /** The trace of a content that is whole: how it came here, or that it was here. */
    synchronized TaskTrace stored(ContentKey key, TaskTrace fresh) {
        TaskTrace known = traces.get(key);
        if (known != null && !known.isRunning()) {
            return known;
        }
        begin(key, fresh);
        return fresh;
    }

    /** The newest first, without time lines. */
    List<ContentTrace> list(long nowNanos) {
        return copy().stream().map(trace -> trace.view(nowNanos).summary()).toList();
    }

    /**
     * The contents that an id means: all of a task of that name, the one of that key, or those whose task or key begins
     * so.
     */
    List<ContentTrace> find(String id, long nowNanos) {
        List<TaskTrace> all = copy();
        List<TaskTrace> found = all.stream()
                .filter(trace -> trace.task().equals(id) || hasKey(trace, id))
                .toList();
        if (found.isEmpty() && !id.isEmpty()) {
            found = all.stream()
                    .filter(trace -> trace.task().startsWith(id)
                            || trace.key().startsWith(id)
                            || trace.key().startsWith("sha256-" + id.replaceFirst("^sha256:", "")))
                    .toList();
        }
        return found.stream().map(trace -> trace.view(nowNanos)).toList();
    }

    private static boolean hasKey(TaskTrace trace, String id) {
        return trace.key().equals(id) || trace.key().equals(id.replaceFirst("^sha256:", "sha256-"));
    }

    private synchronized List<TaskTrace> copy() {
        List<TaskTrace> newest = new ArrayList<>();
        for (Map.Entry<ContentKey, TaskTrace> entry : traces.entrySet()) {
            newest.addFirst(entry.getValue());
        }
        return newest;
    }
}
