package io.darter.swarm.scheduling;

/**
 * A swarm of many nodes: most pieces are to be had from many, and partners go on with each other, several leases at a time,
 * while they have something for each other. That keeps the links evenly shared, which loses least, and costs few messages.
 *
 * <p>Rare pieces can not wait for a place at a partner: the time in which they multiply is what all others wait for in the
 * end (Mundinger, Weber and Weiss 2008 double them in each slot). Who holds one keeps the second half of its queue for
 * them, and they go to anybody who lacks them, beside what that child fetches already.
 *
 * <p>In the beginning nothing but the doubling counts: who has next to nothing serves one child at a time, so that this one
 * can go on with it as soon as possible.
 */
final class LargeSwarmRule implements PartnerRule {
    /** A piece is rare while no more than one of so many nodes has it or is about to. */
    private static final int RARE_PART = 32;

    private static final int RARE_COPIES_MIN = 3;
    /** Who has fewer pieces has next to nothing. */
    private static final int BEGINNING_PIECES = 3;
    /** Verified pieces that wait at a child if nobody waits for them; its connections run out long before. */
    private static final int TELL_AFTER_PIECES = 32;

    private final LeaseBook leases;

    LargeSwarmRule(LeaseBook leases) {
        this.leases = leases;
    }

    @Override
    public boolean mayPair(Member child, Member parent) {
        return Partners.pair(child, parent) < leases.policy.pipelineLeases();
    }

    @Override
    public boolean allows(Member child, Member parent, int piece) {
        int partners = leases.policy.partners();
        if (isRare(child.content, piece)) {
            return parent.node.uploads == 0 || (mayServeRare(parent) && child.parents <= partners);
        }
        if (parent.node.uploads >= halfQueue() && holdsRare(parent)) {
            return false;
        }
        return Partners.pair(child, parent) > 0
                || (isSeeking(child) && child.parents < partners && mayTakeAnother(parent));
    }

    @Override
    public boolean isSeeking(Member child) {
        return child.peerLeases() <= leases.policy.windowLeases() / 2;
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
    public int leasesWorthAMessage() {
        return 2;
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
        return parent.children < (parent.have.count() < BEGINNING_PIECES ? 1 : leases.policy.partners() + 1);
    }

    /** A third child may begin when those it has are nearly through. */
    private boolean mayTakeAnother(Member parent) {
        return parent.node.uploads <= halfQueue() || parent.children < leases.policy.partners();
    }

    private int halfQueue() {
        return leases.policy.queuePerParent() / 2;
    }
}
