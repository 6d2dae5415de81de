package io.darter.link;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CapabilityTest {
    private static final byte[] CLUSTER_KEY = new byte[32];
    private static final NodeId PARENT = new NodeId("n-parent");
    private static final NodeId CHILD = new NodeId("n-child");
    private static final ContentKey CONTENT = ContentKey.ofSha256Hex("ab".repeat(32));
    private final byte[] key = Capability.parentKey(CLUSTER_KEY, PARENT, 1);
    private final byte[] capability = Capability.issue(key, CONTENT, CHILD, 1000);

    @Test
    void theChildMayFetchTheContentUntilTheExpiry() {
        assertTrue(Capability.valid(capability, key, CONTENT, CHILD, 999));
        assertFalse(Capability.valid(capability, key, CONTENT, CHILD, 1000));
    }

    @Test
    void nobodyElseMayUseItNorForAnotherContentNorAtAnotherParent() {
        assertFalse(Capability.valid(capability, key, CONTENT, new NodeId("n-other"), 0));
        assertFalse(Capability.valid(capability, key, ContentKey.ofSha256Hex("cd".repeat(32)), CHILD, 0));
        assertFalse(Capability.valid(
                capability, Capability.parentKey(CLUSTER_KEY, new NodeId("n-b"), 1), CONTENT, CHILD, 0));
        assertFalse(Capability.valid(capability, Capability.parentKey(CLUSTER_KEY, PARENT, 2), CONTENT, CHILD, 0));
    }

    @Test
    void anyChangedByteVoidsIt() {
        for (int i = 0; i < capability.length; i++) {
            byte[] changed = capability.clone();
            changed[i] ^= 1;
            assertFalse(Capability.valid(changed, key, CONTENT, CHILD, 0), "byte " + i);
        }
        assertFalse(Capability.valid(Arrays.copyOf(capability, 39), key, CONTENT, CHILD, 0));
    }
}
