package io.darter.swarm.download;

/**
 * How much one download does at once.
 *
 * @param transfersPerParent requests in flight on the connection to one parent; what is granted beyond waits unstarted
 * @param transfersMax requests to peers in flight in all (many synchronised senders collapse a receiver's goodput)
 * @param reportPieces verified pieces told in one report while enough other work is under way, if the lease does not say
 */
public record DownloadLimits(int transfersPerParent, int transfersMax, int reportPieces) {
    public DownloadLimits {
        if (transfersPerParent < 1 || transfersMax < 1 || reportPieces < 1) {
            throw new IllegalArgumentException("limits are at least 1");
        }
    }

    public static DownloadLimits defaults() {
        return new DownloadLimits(2, 8, 2);
    }
}
