package io.darter.operator;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node as the appliance knows it.
 *
 * @param role {@code node} or {@code seed}
 * @param state {@code online}, {@code offline} or {@code joining}
 * @param reason why it is not online, in words; empty if it is
 * @param lastSeen null if it never connected
 * @param duty {@code active}, {@code cordoned}, {@code draining} or {@code drained}
 */
public record NodeView(
        String id,
        String name,
        String cluster,
        String role,
        String state,
        String reason,
        String address,
        String zone,
        String rack,
        String version,
        @Nullable Instant lastSeen,
        long storeBytes,
        long originBytes,
        long peerBytes,
        long servedBytes,
        long deliveredBytes,
        String duty,
        Map<String, String> labels) {}
