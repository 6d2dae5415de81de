package io.darter.agent.task;

import io.darter.swarm.ContentKey;
import java.util.OptionalLong;

/** Where callers (mirror, control socket, assisting seeds) get contents from. Safe for use by many threads. */
public interface ContentTasks {
    /**
     * The running download of this content, a new one, or the finished content itself: one download however many callers.
     *
     * @param task the name a person knows it by: {@code registry/repo:tag} or the URL
     * @param live a caller waits for the bytes
     */
    ContentTask startOrJoin(ContentSource source, String task, boolean live);

    /** The same for a caller who wants the bytes from this one on first; a hint, no limit. */
    default ContentTask startOrJoin(ContentSource source, String task, boolean live, long from) {
        return startOrJoin(source, task, live);
    }

    /** The size of a content that is whole on this node and that everybody may have; empty of any other. */
    default OptionalLong publicBytes(ContentKey key) {
        return OptionalLong.empty();
    }

    /** Whether an operator purged the content: nobody is given any of it. */
    default boolean isPurged(ContentKey key) {
        return false;
    }
}
