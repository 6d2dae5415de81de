package io.darter.appliance.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginAttemptsTest {
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private final LoginAttempts attempts = new LoginAttempts(() -> now);

    @Test
    void afterFiveFailuresAUserWaitsAMinuteAtThatAddressOnly() {
        fail(4, "eve", "10.0.0.1");
        assertFree("eve", "10.0.0.1");
        fail(1, "eve", "10.0.0.1");
        assertEquals(Duration.ofMinutes(1), attempts.pause("eve", "10.0.0.1"));
        assertFree("eve", "10.0.0.2");
        assertFree("bob", "10.0.0.1");
        now = now.plusSeconds(59);
        assertEquals(Duration.ofSeconds(1), attempts.pause("eve", "10.0.0.1"));
        now = now.plusSeconds(1);
        assertFree("eve", "10.0.0.1");
    }

    @Test
    void aRightPasswordForgetsTheWrongOnes() {
        fail(4, "eve", "10.0.0.1");
        attempts.succeeded("eve", "10.0.0.1");
        fail(4, "eve", "10.0.0.1");
        assertFree("eve", "10.0.0.1");
    }

    @Test
    void anAddressThatTriesManyUsersIsPaused() {
        for (int user = 0; user < 30; user++) {
            fail(1, "user" + user, "10.0.0.1");
        }
        assertEquals(Duration.ofMinutes(5), attempts.pause("bob", "10.0.0.1"));
        assertFree("bob", "10.0.0.2");
    }

    @Test
    void aUserWhoIsTriedFromManyAddressesIsPaused() {
        for (int address = 0; address < 50; address++) {
            fail(1, "eve", "10.0.0." + address);
        }
        assertEquals(Duration.ofMinutes(5), attempts.pause("eve", "10.9.9.9"));
        assertFree("bob", "10.9.9.9");
    }

    @Test
    void nobodyIsLockedOutWhereHeHasLoggedInBefore() {
        attempts.succeeded("bob", "10.0.0.1");
        for (int i = 0; i < 60; i++) {
            fail(1, "user" + i, "10.0.0.1");
            fail(1, "bob", "10.1.0." + i);
        }
        assertFree("bob", "10.0.0.1");
        assertTrue(attempts.pause("bob", "10.0.0.2").isPositive());
        fail(5, "bob", "10.0.0.1");
        assertTrue(attempts.pause("bob", "10.0.0.1").isPositive(), "his own limit stays");
        now = now.plus(Duration.ofDays(2));
        for (int i = 0; i < 30; i++) {
            fail(1, "user" + i, "10.0.0.1");
        }
        assertTrue(attempts.pause("bob", "10.0.0.1").isPositive(), "known for a day only");
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < 3 * LoginAttempts.ENTRIES_MAX; i++) {
            fail(1, "user" + i, "address" + i);
            attempts.succeeded("other" + i, "address" + i);
        }
        assertEquals(LoginAttempts.ENTRIES_MAX, attempts.size());
    }

    private void fail(int times, String user, String address) {
        for (int i = 0; i < times; i++) {
            attempts.failed(user, address);
        }
    }

    private void assertFree(String user, String address) {
        assertFalse(attempts.pause(user, address).isPositive());
    }
}
