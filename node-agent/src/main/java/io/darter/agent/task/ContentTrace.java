package io.darter.agent.task;

import java.util.List;

/**
 * What happened to one content on this node, as people and programs read it. Times are milliseconds; those of events are
 * since the content's start.
 *
 * @param task the name a person knows it by
 * @param url without its query, which may hold secrets
 * @param sizeBytes where the origin does not tell it, what has come until now
 * @param state {@code running}, {@code done} or {@code failed}
 * @param verdict the answer to "why so" in a few sentences, the most important first
 * @param startedMillisAgo when it began
 * @param millis how long it took, or has taken until now
 * @param heldBytes verified in the store before it began
 * @param servedBytes handed to callers from the store after it was whole
 * @param firstByteMillis until the first byte could be handed to a caller; -1 if none was
 * @param readerWaitMillis the caller who waited longest for bytes, waited so long
 * @param callerMillis the slowest caller took so long to take bytes that were there
 * @param schedulerWaitMillis pieces were missing and nothing was granted: no node had them to give, or the scheduler was silent
 * @param proofMillis from the last piece until the whole was proved; -1 if it was not
 * @param commitMillis until the whole was safe in the store; -1 if it was not
 * @param failure in words; empty unless it failed
 * @param eventsLeftOut in the middle of the time line, beyond what is kept; the sources' figures contain them
 */
public record ContentTrace(
        String key,
        String task,
        String url,
        long sizeBytes,
        int pieces,
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
        int eventsLeftOut) {

    /**
     * What one source did.
     *
     * @param name {@code origin host} or {@code node id (host)}
     * @param origin whether it is the origin
     * @param runs transfers that came to their end
     * @param busyMillis its transfers took, those at the same time added up
     * @param failed transfers that ended early
     * @param refused leases that were given back
     * @param revoked leases that the scheduler took back
     * @param lastFailure in words; empty if none
     */
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
            String lastFailure) {
        public double bytesPerSecond() {
            return busyMillis == 0 ? 0 : bytes * 1000.0 / busyMillis;
        }
    }

    /**
     * One line of the time line.
     *
     * @param kind stable, lower case: asked, described, linked, unlinked, alone, run, failed, refused, revoked, origin, waited, proved,
     *     committed, gave-up, ended
     * @param source empty if it concerns none
     * @param tookMillis 0 for what takes no time
     */
    public record Event(long atMillis, String kind, String source, long tookMillis, String words) {}

    /** The same without its time line: what a list shows. */
    public ContentTrace summary() {
        return new ContentTrace(
                key,
                task,
                url,
                sizeBytes,
                pieces,
                state,
                verdict,
                startedMillisAgo,
                millis,
                verifiedBytes,
                heldBytes,
                originBytes,
                peerBytes,
                servedBytes,
                firstByteMillis,
                readerWaitMillis,
                callerMillis,
                schedulerWaitMillis,
                proofMillis,
                commitMillis,
                failure,
                List.of(),
                List.of(),
                0);
    }

    ContentTrace withVerdict(List<String> words) {
        return new ContentTrace(
                key,
                task,
                url,
                sizeBytes,
                pieces,
                state,
                words,
                startedMillisAgo,
                millis,
                verifiedBytes,
                heldBytes,
                originBytes,
                peerBytes,
                servedBytes,
                firstByteMillis,
                readerWaitMillis,
                callerMillis,
                schedulerWaitMillis,
                proofMillis,
                commitMillis,
                failure,
                sources,
                events,
                eventsLeftOut);
    }

    /** Bytes each second, of what was not in the store before. */
    public double bytesPerSecond() {
        return millis == 0 ? 0 : (originBytes + peerBytes) * 1000.0 / millis;
    }

    public int percent() {
        return sizeBytes == 0 ? 100 : (int) (100 * verifiedBytes / sizeBytes);
    }
}
