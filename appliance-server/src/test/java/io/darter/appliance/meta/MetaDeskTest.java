package io.darter.appliance.meta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.darter.appliance.meta.MetaDesk.Reply;
import io.darter.link.v1.MetaValue;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetaDeskTest {
    private static final String NAME = "GET registry/repo manifests/tag";
    private final MetaDesk<String> desk = new MetaDesk<>();

    @Test
    void ofManyAskersOneFetchesAndAllGetItsAnswer() {
        assertEquals(List.of(new Reply<>("a", 1, true, null)), desk.acquire("a", 1, NAME, 60_000, 0));
        assertEquals(List.of(), desk.acquire("b", 7, NAME, 60_000, 1));
        assertEquals(List.of(), desk.acquire("c", 8, NAME, 60_000, 2));

        List<Reply<String>> replies = desk.publish("a", 1, NAME, value(200, "m"), 5);

        assertEquals(
                List.of(new Reply<>("b", 7, false, value(200, "m")), new Reply<>("c", 8, false, value(200, "m"))),
                replies);
        assertEquals(List.of(new Reply<>("d", 9, false, value(200, "m"))), desk.acquire("d", 9, NAME, 60_000, 50));
    }

    @Test
    void anAnswerOlderThanAskedForIsFetchedAgain() {
        desk.acquire("a", 1, NAME, 60_000, 0);
        desk.publish("a", 1, NAME, value(200, "m"), 0);
        assertEquals(List.of(new Reply<>("b", 1, true, null)), desk.acquire("b", 1, NAME, 60_000, 60_001));
    }

    @Test
    void aRefusalGoesToThePresentWaitersOnly() {
        desk.acquire("a", 1, NAME, 60_000, 0);
        desk.acquire("b", 2, NAME, 60_000, 0);
        assertEquals(
                List.of(new Reply<>("b", 2, false, value(401, ""))), desk.publish("a", 1, NAME, value(401, ""), 1));
        assertEquals(List.of(new Reply<>("c", 3, true, null)), desk.acquire("c", 3, NAME, 60_000, 2));
    }

    @Test
    void aFetcherThatFailsGoesAwayOrTakesTooLongIsFollowedByTheNext() {
        desk.acquire("a", 1, NAME, 60_000, 0);
        desk.acquire("b", 2, NAME, 60_000, 0);
        desk.acquire("c", 3, NAME, 60_000, 0);
        desk.acquire("d", 4, NAME, 60_000, 0);
        assertEquals(List.of(new Reply<>("b", 2, true, null)), desk.publish("a", 1, NAME, null, 1));
        assertEquals(List.of(new Reply<>("c", 3, true, null)), desk.gone("b", 2));
        assertEquals(List.of(), desk.tick(10_001));
        assertEquals(List.of(new Reply<>("d", 4, true, null)), desk.tick(10_002));
    }

    @Test
    void whatIsKeptIsBounded() {
        MetaValue large = value(200, "x".repeat(1 << 20));
        for (int i = 0; i < 100; i++) {
            desk.acquire("a", i, NAME + i, 60_000, 0);
            desk.publish("a", i, NAME + i, large, 0);
        }
        assertTrue(desk.keptBytes() <= MetaDesk.BYTES_MAX, "kept " + desk.keptBytes());
        desk.tick(MetaDesk.FRESH_MILLIS_MAX + 1);
        assertEquals(0, desk.keptBytes());
    }

    private static MetaValue value(int status, String body) {
        return MetaValue.newBuilder()
                .setStatus(status)
                .setBody(ByteString.copyFromUtf8(body))
                .build();
    }
}
