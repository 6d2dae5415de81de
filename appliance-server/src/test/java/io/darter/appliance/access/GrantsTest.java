package io.darter.appliance.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.operator.Role;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrantsTest {
    private static final Grants EVERYBODYS_ADMIN = new Grants(Map.of("*", Role.ADMIN));
    private static final Grants MIXED = new Grants(Map.of("*", Role.VIEWER, "a", Role.ADMIN));

    @Test
    void theHigherOfTheRolesHereAndEverywhereCounts() {
        assertTrue(MIXED.allow(Role.ADMIN, "a"));
        assertTrue(MIXED.allow(Role.VIEWER, "b"));
        assertFalse(MIXED.allow(Role.OPERATOR, "b"));
        assertFalse(MIXED.allowEverywhere(Role.OPERATOR));
        assertTrue(MIXED.allowSomewhere(Role.ADMIN));
        Grants lowered = new Grants(Map.of("*", Role.ADMIN, "a", Role.VIEWER));
        assertTrue(lowered.allow(Role.ADMIN, "a"), "a role in one cluster takes nothing away");
    }

    @Test
    void whoHasNoRoleMayNothing() {
        assertFalse(Grants.NONE.allowSomewhere(Role.VIEWER));
        assertFalse(Grants.NONE.allow(Role.VIEWER, "a"));
        assertFalse(new Grants(Map.of("a", Role.ADMIN)).allow(Role.VIEWER, "b"));
    }

    @Test
    void whatTwoHaveTogetherIsInEachClusterTheLowerOfBoth() {
        Grants operator = new Grants(Map.of("a", Role.OPERATOR, "b", Role.OPERATOR));
        assertEquals(new Grants(Map.of("a", Role.OPERATOR, "b", Role.VIEWER)), MIXED.meet(operator));
        assertEquals(MIXED.meet(operator), operator.meet(MIXED));
        assertEquals(MIXED, EVERYBODYS_ADMIN.meet(MIXED));
        assertEquals(Grants.NONE, MIXED.meet(Grants.NONE));
    }

    @Test
    void rolesInAllClustersThatThereAreAreLessThanARoleInEveryOne() {
        assertTrue(MIXED.isWithin(EVERYBODYS_ADMIN));
        assertFalse(EVERYBODYS_ADMIN.isWithin(new Grants(Map.of("a", Role.ADMIN, "b", Role.ADMIN))));
        assertTrue(new Grants(Map.of("b", Role.VIEWER)).isWithin(MIXED));
        assertFalse(new Grants(Map.of("b", Role.OPERATOR)).isWithin(MIXED));
    }

    @Test
    void aRoleThatThisVersionDoesNotKnowGivesNothing() {
        assertEquals(Grants.NONE, Grants.stored("a", "emperor"));
        assertEquals(Grants.NONE, Grants.stored(null, null));
    }
}
