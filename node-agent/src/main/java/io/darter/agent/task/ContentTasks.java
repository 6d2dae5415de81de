package io.darter.agent.task;

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
}
