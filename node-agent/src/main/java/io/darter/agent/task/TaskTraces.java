package io.darter.agent.task;

import java.util.List;

/** What happened to contents on this node lately. Safe for use by many threads; never waits. */
public interface TaskTraces {
    /** What runs and what ended lately, the newest first, without time lines. */
    List<ContentTrace> traces();

    /**
     * What happened to the contents that an id means: all of the task of that name, the one of that key, or those whose
     * task or key begins so; empty if there is none.
     */
    List<ContentTrace> explain(String id);
}
