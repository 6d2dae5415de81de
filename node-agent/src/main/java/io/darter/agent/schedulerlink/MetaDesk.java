package io.darter.agent.schedulerlink;

import io.darter.agent.errors.DarterException;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.task.ContentSource;
import java.time.Duration;
import java.util.List;

/** Single flight, across the cluster, for manifests, tags and HEADs. Safe for use by many threads. */
public interface MetaDesk {
    /**
     * The answer that another node (or this one) got within {@code fresh}, or the one that {@code fetch} gets now; with no
     * scheduler, single flight and cache on this node alone. Only answers of status 200 are kept.
     *
     * @param name what is asked, with everything the answer depends on, the credential's hash included
     */
    MetaResponse get(String name, Duration fresh, Fetch fetch) throws DarterException, InterruptedException;

    /** Asks the origin. */
    interface Fetch {
        MetaResponse fetch() throws DarterException, InterruptedException;
    }

    /** Tells the scheduler which contents an image has, so that they share one task and one plan; never blocks. */
    void announce(String task, String manifestDigest, List<ContentSource> contents);
}
