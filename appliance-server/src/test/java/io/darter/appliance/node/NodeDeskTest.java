package io.darter.appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.TestAppliance;
import io.darter.appliance.join.Certificates;
import io.darter.appliance.join.TestNode;
import io.darter.operator.AuditQuery;
import io.darter.operator.HttpOperatorApi;
import io.darter.operator.NewJoinToken;
import io.darter.operator.NewTombstone;
import io.darter.operator.NodeChange;
import io.darter.operator.NodeQuery;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator runs nodes, by the client of the operator's interface against a whole appliance. */
class NodeDeskTest {
    @TempDir
    static Path folder;

    private static TestAppliance appliance;
    private static HttpOperatorApi api;

    @BeforeAll
    static void start() throws Exception {
        appliance = new TestAppliance(folder);
        api = appliance.as("admin", appliance.password);
    }

    @AfterAll
    static void stop() {
        api.close();
        appliance.close();
    }

    private static TestNode machine() throws Exception {
        return new TestNode(URI.create("http://127.0.0.1:" + appliance.port()));
    }

    private static String token() {
        return api.createJoinToken(new NewJoinToken("default", "node", 1, 600)).token();
    }

    @Test
    void aRemovedNodeCannotRenewAndItsNameIsFree() throws Exception {
        TestNode machine = machine();
        TestNode.Answer joined = machine.join(token(), "worker");
        String id = joined.text("nodeId");
        TestNode.Answer renewed = machine.renew(id, System.currentTimeMillis());
        assertEquals(200, renewed.status());

        api.removeNode(id);

        TestNode.Answer refused = machine.renew(id, System.currentTimeMillis());
        assertEquals(403, refused.status());
        assertEquals("NODE_REMOVED", refused.text("code"));
        Certificates certificates = appliance.context.getBean(Certificates.class);
        assertTrue(certificates.isRevoked(joined.certificate("certificate")));
        assertTrue(certificates.isRevoked(renewed.certificate("certificate")), "each that it was ever given");
        String cluster = api.clusters().getFirst().id();
        assertEquals(
                2,
                certificates.revokedIn(cluster).stream()
                        .filter(revoked -> revoked.nodeId().equals(id))
                        .count());
        assertEquals("NODE_REMOVED", code(() -> api.node(id)));
        assertEquals("NODE_REMOVED", code(() -> api.removeNode(id)));

        TestNode.Answer replacement = machine().join(token(), "worker");
        assertEquals("worker", replacement.text("nodeName"));
        assertEquals(
                "worker",
                api.audit(new AuditQuery("", "node.remove", "", null, null, 0, 10))
                        .items()
                        .getFirst()
                        .subject());
        api.removeNode(replacement.text("nodeId"));
    }

    @Test
    void labelsZoneAndRackAreKeptAndBounded() throws Exception {
        String id = machine().join(token(), "labelled").text("nodeId");
        api.changeNode(id, new NodeChange(Map.of("example.com/gpu", "a100", "pool", ""), "zone-9", null));
        NodeView changed =
                api.changeNode(id, new NodeChange(null, null, "rack-1")).node();
        assertEquals(Map.of("example.com/gpu", "a100", "pool", ""), changed.labels());
        assertEquals("zone-9", changed.zone());
        assertEquals("rack-1", changed.rack());
        assertEquals("", api.changeNode(id, new NodeChange(Map.of(), "", null)).setZone());
        for (Map<String, String> wrong : java.util.List.of(
                Map.of("-gpu", "x"), Map.of("gpu", "a b"), Map.of("Example.com/gpu", "x"), Map.of("a/b/c", "x"))) {
            assertEquals("REQUEST_INVALID", code(() -> api.changeNode(id, new NodeChange(wrong, null, null))));
        }
        api.removeNode(id);
    }

    @Test
    void whatIsDecidedOutlastsTheMemory() throws Exception {
        String id = machine().join(token(), "kept").text("nodeId");
        assertEquals("cordoned", api.cordonNode(id).node().duty());
        assertEquals("drained", api.drainNode(id).node().duty(), "it is not even there");
        NodeWishes wishes = appliance.context.getBean(NodeWishes.class);
        assertEquals("draining", NodeWish.word(wishes.find(id).orElseThrow().duty()));
        assertEquals("active", api.uncordonNode(id).node().duty());
        NodeView listed = api.nodes(new NodeQuery("kept", 0, 10)).items().getFirst();
        assertEquals("active", listed.duty());
        api.removeNode(id);
    }

    @Test
    void aPurgeIsBoundToReasonAndContentAndCanBeLifted() {
        String key = "sha256-" + "a".repeat(64);
        assertEquals("REQUEST_INVALID", code(() -> api.purgeContent("default", new NewTombstone(key, " "))));
        assertEquals("REQUEST_INVALID", code(() -> api.purgeContent("default", new NewTombstone("x", "why"))));
        api.purgeContent("default", new NewTombstone(key.replace('-', ':'), "leaked"));
        assertEquals("TOMBSTONE_EXISTS", code(() -> api.purgeContent("default", new NewTombstone(key, "again"))));
        assertEquals("admin", api.tombstones("default").getFirst().user());
        api.liftTombstone("default", key);
        assertEquals("TOMBSTONE_UNKNOWN", code(() -> api.liftTombstone("default", key)));
        assertEquals(0, api.tombstones("default").size());
    }

    private static String code(Runnable call) {
        return assertThrows(OperatorException.class, call::run).problem().code();
    }
}
