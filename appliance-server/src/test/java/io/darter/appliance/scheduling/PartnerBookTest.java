package io.darter.appliance.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.NodeId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartnerBookTest {
    private final PartnerBook book = new PartnerBook();

    @Test
    void everybodyIsToldOfWhoComesLater() {
        join(3);
        Set<NodeId> told = new HashSet<>();
        book.next().forEach(due -> told.add(due.node()));
        assertEquals(Set.of(node(0), node(1), node(2)), told);
        assertEquals(List.of(node(1), node(2)), book.partners(new PartnerBook.Due("x", node(0))));
        book.joined("x", node(3), false, true);
        assertEquals(4, book.next().size());
    }

    @Test
    void aListIsBoundedAndHoldsTheSeedsButNotItsReader() {
        join(100);
        book.joined("x", new NodeId("seed"), true, true);
        for (int i = 0; i < 100; i++) {
            List<NodeId> partners = book.partners(new PartnerBook.Due("x", node(i)));
            assertEquals(PartnerBook.PARTNERS_MAX, partners.size());
            assertEquals(new NodeId("seed"), partners.getFirst());
            assertFalse(partners.contains(node(i)));
        }
    }

    @Test
    void fromAnyNodeAllOthersAreFewStepsAway() {
        join(256);
        Set<NodeId> reached = new HashSet<>(Set.of(node(0)));
        for (int step = 0; step < 6; step++) {
            Set.copyOf(reached).forEach(node -> reached.addAll(book.partners(new PartnerBook.Due("x", node))));
        }
        assertEquals(256, reached.size());
    }

    @Test
    void whoIsGoneIsInNoList() {
        join(3);
        book.gone(node(1));
        assertEquals(List.of(node(2)), book.partners(new PartnerBook.Due("x", node(0))));
        assertTrue(book.next().stream().noneMatch(due -> due.node().equals(node(1))));
    }

    private void join(int nodes) {
        for (int i = 0; i < nodes; i++) {
            book.joined("x", node(i), false, true);
        }
    }

    private static NodeId node(int number) {
        return new NodeId("n-" + number);
    }
}
