package io.darter.operator;

import java.time.Instant;

/**
 * A purged content: nobody of the cluster holds, serves or fetches it until the tombstone is lifted.
 *
 * @param key of the content
 * @param user who purged it
 * @param nodesObeyed nodes that told this appliance, since its start, that they hold nothing of it
 * @param nodesTotal of the cluster
 * @param nodesRemoved nodes that had some of it
 * @param bytesRemoved what they had of it
 */
public record TombstoneView(
        String key,
        String reason,
        String user,
        Instant purgedAt,
        int nodesObeyed,
        long nodesTotal,
        int nodesRemoved,
        long bytesRemoved) {}
