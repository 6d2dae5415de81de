package io.darter.operator;

import java.util.List;

/**
 * What happened to a task on one node, as that node remembers it: why it was slow, failed or went to the origin.
 *
 * @param node id of the node
 * @param name of the node
 * @param task the name a person knows
 * @param contents those of the task that the node still knows of; empty if it has forgotten all
 */
public record TaskTrace(String node, String name, String task, List<ContentTrace> contents) {
    /**
     * One content. Times are milliseconds; -1 where something did not happen.
     *
     * @param state {@code running}, {@code done} or {@code failed}
     * @param verdict the answer in sentences, the most important first
     * @param heldBytes in the node's store before it began
     * @param servedBytes handed to callers from the store after it was whole
     * @param firstByteMillis until the first byte could be handed to a caller
     * @param readerWaitMillis the caller who waited longest for bytes
     * @param callerMillis the slowest caller took so long to take bytes that were there
     * @param schedulerWaitMillis pieces were missing and nothing was granted
     * @param eventsLeftOut in the middle of the time line
     */
    public record ContentTrace(
            String key,
            long sizeBytes,
            String state,
            List<String> verdict,
            long startedMillisAgo,
            long millis,
            long verifiedBytes,
            long heldBytes,
            long originBytes,
            long peerBytes,
            long servedBytes,
            long firstByteMillis,
            long readerWaitMillis,
            long callerMillis,
            long schedulerWaitMillis,
            long proofMillis,
            long commitMillis,
            String failure,
            List<SourceShare> sources,
            List<Event> events,
            int eventsLeftOut) {}

    /** What one source of a content did; busyMillis adds up transfers at the same time. */
    public record SourceShare(
            String name,
            boolean origin,
            long bytes,
            int pieces,
            int runs,
            long busyMillis,
            int failed,
            int refused,
            int revoked,
            String lastFailure) {}

    /** One line of the time line; atMillis since the content's start. */
    public record Event(long atMillis, String kind, String source, long tookMillis, String words) {}
}
