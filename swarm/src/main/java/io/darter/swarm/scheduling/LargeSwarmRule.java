package io.darter.swarm.scheduling;

/**
 * A swarm of many nodes: most pieces are to be had from many, and partners go on with each other, several leases at a time,
 * while they have something for each other. That keeps the links evenly shared, which loses least, and costs few messages.
 *
 * <p>Nobody catches up later what its link does not carry now. A link is full if both its ends have two partners: a parent
 * with three children and a child with one parent leave something of theirs unused. So a parent takes a third child for a
 * rare piece only, and goes on with two; and a child with a single parent gets its next one before all that it has in line
 * there is done, though that takes a message.
 *
 * <p>Rare pieces can not wait for a place at a partner: the time in which they multiply is what all others wait for in the
 * end (Mundinger, Weber and Weiss 2008 double them in each slot). Who holds one keeps the end of its queue for them, and
 * they go to any child with less than two parents.
 *
 * <p>In the beginning nothing but the doubling counts: who has next to nothing serves one child at a time, so that this one
 * can go on with it as soon as possible.
 */
final class LargeSwarmRule implements PartnerRule {
    /** A piece is rare while no more than one of so many nodes has it or is about to. */
    private static final int RARE_PART = 64;

    private static final int RARE_COPIES_MIN = 3;
    /** Who has fewer pieces has next to nothing. */
    private static final int BEGINNING_PIECES = 3;
    /** Last places of a parent's queue that are for rare pieces if it has any. */
    private static final int RARE_LEASES = 2;
    /** Verified pieces that wait at a child if nobody waits for them; its connections run out long before. */
    private static final int TELL_AFTER_PIECES = 32;

    private final LeaseBook leases;

    LargeSwarmRule(LeaseBook leases) {
        this.leases = leases;
    }

    @Override
    public boolean mayPair(Member child, Member parent) {
        // The last pieces come from both partners alike: neither is waited for when the other is through.
        int lacking = (child.have.pieces() - child.have.count()) / child.content.group;
        return Partners.pair(child, parent) < Math.min(leases.policy.pipelineLeases(), (lacking + 1) / 2);
    }

    @Override
    public boolean allows(Member child, Member parent, int piece) {
        int partners = leases.policy.partners();
        if (isRare(child.content, piece)) {
            return parent.node.uploads == 0 || (mayServeRare(parent) && child.parents < partners);
        }
        if (parent.node.uploads >= queueLeases() - RARE_LEASES && holdsRare(parent)) {
            return false;
        }
        return Partners.pair(child, parent) > 0
                ? parent.children <= partners
                : isSeeking(child) && child.parents < partners && mayTakeAnother(parent);
    }

    @Override
    public boolean isSeeking(Member child) {
        return child.peerLeases() <= windowLeases() / 2;
    }

    @Override
    public boolean isOpen(Member parent) {
        return mayTakeAnother(parent) || (mayServeRare(parent) && holdsRare(parent));
    }

    @Override
    public boolean servesAnybody(Member parent) {
        return holdsRare(parent);
    }

    @Override
    public boolean staysTogether() {
        return true;
    }

    @Override
    public int windowLeases() {
        return leases.policy.windowLeases();
    }

    /**
     * One or two fetchers have to take all that the origin can send, and get little else. Where more share the origin, each has
     * a part of its link left, and who has not got two partners for that falls behind and is the last in the end.
     */
    @Override
    public int fetcherWindowLeases(ContentState content) {
        return content.origin.leases.size() > leases.policy.partners() ? Math.max(1, windowLeases() * 2 / 3) : 1;
    }

    @Override
    public int queueLeases() {
        return leases.policy.queuePerParent();
    }

    @Override
    public int leasesWorthAMessage(Member child) {
        int half = windowLeases() / 2;
        return child.parents < leases.policy.partners() ? half : half + 1;
    }

    @Override
    public int load(Member parent) {
        return parent.node.uploads + parent.children;
    }

    @Override
    public boolean oneConnectionMoreAPiece() {
        return true;
    }

    @Override
    public int tellAfterPieces(Member child, int piece) {
        return isRare(child.content, piece) ? 1 : TELL_AFTER_PIECES;
    }

    private static boolean isRare(ContentState content, int piece) {
        return content.rarity.copies(piece) <= rareCopies(content);
    }

    private static boolean holdsRare(Member parent) {
        return parent.content.rarity.anyOf(parent.have, rareCopies(parent.content));
    }

    private static int rareCopies(ContentState content) {
        return Math.max(RARE_COPIES_MIN, content.members.size() / RARE_PART);
    }

    private boolean mayServeRare(Member parent) {
        return parent.children
                < (parent.have.count() < BEGINNING_PIECES * parent.content.group ? 1 : leases.policy.partners() + 1);
    }

    private boolean mayTakeAnother(Member parent) {
        return parent.node.uploads == 0 || parent.children < leases.policy.partners();
    }
}
