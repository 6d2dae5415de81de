package io.darter.appliance.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two replicas at one lock, with a clock that the test moves. */
class OwnershipTest {
    private static final String CLUSTER = "c-1";

    private final FakeRedis redis = new FakeRedis();
    private final List<String> names = new ArrayList<>(List.of("r-one", "r-two"));
    private final Side first = new Side(preferred());
    private final Side second = new Side(
            names.stream().filter(name -> !name.equals(preferred())).findFirst().orElseThrow());
    private long nowMillis = 1_000;

    @Test
    void thePreferredReplicaTakesAFreeClusterAndTheOtherStandsBy() {
        second.turn();
        first.turn();
        assertTrue(first.ownership.isSure());
        pass(2_000);
        second.turn();
        assertFalse(second.ownership.isSure());
        assertEquals(first.name, second.ownership.owner());
    }

    @Test
    void aDeadOwnersClusterIsTakenOverWithinFiveSecondsAboveItsEpoch() {
        first.turn();
        long diedMillis = nowMillis;
        while (!second.ownership.isSure() && nowMillis < diedMillis + 10_000) {
            pass(200);
            second.turn();
        }
        assertTrue(nowMillis - diedMillis < 4_000, "taken over after " + (nowMillis - diedMillis) + " ms");
        assertEquals(List.of("gained 1"), first.events);
        assertEquals(List.of("gained 2"), second.events);
    }

    @Test
    void anOwnerThatWasStoppedIsNotSureUntilItHasAsked() {
        first.turn();
        pass(3_001);
        assertFalse(first.ownership.isSure());
        second.turn();
        pass(300);
        second.turn();
        assertFalse(first.ownership.isSure());
        first.turn();
        assertEquals(List.of("gained 1", "lost"), first.events);
        assertTrue(second.ownership.isSure());
        // It does not take the cluster back as long as the other one lives.
        for (int turn = 0; turn < 50; turn++) {
            pass(200);
            second.turn();
            first.turn();
        }
        assertEquals(List.of("gained 1", "lost"), first.events);
    }

    @Test
    void withoutRedisTheOwnerGoesOnAndNobodyTakesOver() {
        first.turn();
        second.turn();
        for (int turn = 0; turn < 20; turn++) {
            pass(1_000);
            first.fail();
            second.fail();
            assertTrue(first.ownership.isSure());
            assertFalse(second.ownership.isSure());
        }
        // Redis is back, and the lock has run out: the other waits for the owner to come first.
        second.turn();
        pass(300);
        second.turn();
        first.turn();
        assertEquals(List.of("gained 1"), first.events);
        assertEquals(List.of(), second.events);
    }

    @Test
    void oneTurnThatFailsDoesNotDelayATakeover() {
        first.turn();
        pass(3_001);
        second.turn();
        second.fail();
        second.turn();
        assertTrue(second.ownership.isSure());
    }

    @Test
    void anOwnerThatSleptIsNotSureWhereRedisIsAwayToo() {
        first.turn();
        pass(3_001);
        first.fail();
        assertFalse(first.ownership.isSure());
    }

    @Test
    void aRedisThatHasForgottenIsToldTheEpochAgain() {
        redis.epoch = 6;
        first.turn();
        assertEquals(List.of("gained 7"), first.events);
        redis.forget();
        pass(200);
        first.turn();
        assertTrue(first.ownership.isSure());
        assertEquals(7, redis.epoch);
    }

    @Test
    void anAgentThatHasFollowedALaterOwnerIsBelieved() {
        first.turn();
        first.seen = 9;
        pass(200);
        first.turn();
        assertFalse(first.ownership.isSure());
        first.turn();
        assertEquals(List.of("gained 1", "lost", "gained 10"), first.events);
    }

    @Test
    void anOwnerThatStopsGivesTheClusterBackAtOnce() {
        first.turn();
        first.ownership.release(redis.of(first.name));
        names.remove(first.name);
        pass(200);
        second.turn();
        assertTrue(second.ownership.isSure());
    }

    private void pass(long millis) {
        nowMillis += millis;
    }

    private String preferred() {
        return names.stream()
                .max(Comparator.comparingLong(name -> Ownership.weight(CLUSTER, name)))
                .orElseThrow();
    }

    private final class Side implements Contender {
        private final String name;
        private final Ownership ownership;
        private final List<String> events = new ArrayList<>();
        private long seen;

        Side(String name) {
            this.name = name;
            this.ownership = new Ownership(CLUSTER, name, this, () -> nowMillis * 1_000_000);
        }

        void turn() {
            ownership.turn(redis.of(name), () -> names);
        }

        /** A turn that took half a second and came to nothing. */
        void fail() {
            long begun = nowMillis * 1_000_000;
            pass(500);
            ownership.unreachable(begun);
        }

        @Override
        public long seen(String clusterId) {
            return seen;
        }

        @Override
        public void gained(String clusterId, long epoch) {
            events.add("gained " + epoch);
        }

        @Override
        public void lost(String clusterId) {
            events.add("lost");
        }

        @Override
        public void replicasChanged() {}
    }

    /** What Redis keeps of one lock. */
    private final class FakeRedis {
        private String holder = "";
        private long heldUntilMillis;
        private long epoch;
        private String owner = "";

        void forget() {
            holder = "";
            heldUntilMillis = 0;
            epoch = 0;
            owner = "";
        }

        SharedLock of(String name) {
            return new SharedLock() {
                @Override
                public long remainingMillis() {
                    return heldUntilMillis - nowMillis;
                }

                @Override
                public boolean extend() {
                    if (remainingMillis() > 0 && !holder.equals(name)) {
                        return false;
                    }
                    holder = name;
                    heldUntilMillis = nowMillis + Ownership.TTL_MILLIS;
                    return true;
                }

                @Override
                public void release() {
                    if (remainingMillis() > 0 && holder.equals(name)) {
                        heldUntilMillis = 0;
                    }
                }

                @Override
                public long epoch() {
                    return epoch;
                }

                @Override
                public boolean raise(long expected, long fresh) {
                    boolean same = epoch == expected;
                    epoch = same ? fresh : epoch;
                    return same;
                }

                @Override
                public String owner() {
                    return owner;
                }

                @Override
                public void owner(String replica) {
                    owner = replica;
                }
            };
        }
    }
}
