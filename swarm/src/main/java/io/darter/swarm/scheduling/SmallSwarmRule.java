package io.darter.swarm.scheduling;

/**
 * A swarm of few nodes: all look for the same few new pieces, so every end of a transfer is news, and a message is cheap.
 *
 * <p>A link that is shared by many transfers finishes all of them late, and only a finished piece can be passed on: the
 * fewer there are, the faster a new piece multiplies. But a link with a single transfer idles from its end to the next
 * grant. Two partners, with a second request waiting at each, keep both ends of a link busy and pieces fast.
 */
final class SmallSwarmRule implements PartnerRule {
    /** In the first sixteenth every piece is news: there is little to pass on yet. */
    private static final int EARLY_PART = 16;

    private static final int TELL_AFTER_PIECES = 2;
    /** Two partners each way with two in line: more would bind too much to choices that are soon old. */
    private static final int WINDOW_LEASES = 4;

    private static final int PIPELINE_LEASES = 2;
    private static final int QUEUE_LEASES = 4;

    private final LeaseBook leases;

    SmallSwarmRule(LeaseBook leases) {
        this.leases = leases;
    }

    @Override
    public boolean mayPair(Member child, Member parent) {
        int pair = Partners.pair(child, parent);
        if (pair > 0) {
            return pair < Math.min(PIPELINE_LEASES, leases.policy.pipelineLeases());
        }
        // What comes from the origin takes its part of the child's link, and what is lost there the origin sends again.
        int most = Math.max(1, leases.policy.partners() - (child.originLeases > 0 ? 1 : 0));
        if (parent.node.uploads == 0) {
            return child.parents < 2 * most; // an idle link slows nobody down
        }
        return child.parents < most && parent.children < leases.policy.partners();
    }

    @Override
    public boolean allows(Member child, Member parent, int piece) {
        return true;
    }

    @Override
    public boolean isSeeking(Member child) {
        return true;
    }

    @Override
    public boolean isOpen(Member parent) {
        return true;
    }

    @Override
    public boolean servesAnybody(Member parent) {
        return true;
    }

    @Override
    public boolean staysTogether() {
        return false;
    }

    @Override
    public int windowLeases() {
        return Math.min(WINDOW_LEASES, leases.policy.windowLeases());
    }

    @Override
    public int fetcherWindowLeases(ContentState content) {
        return Math.max(1, windowLeases() / 2);
    }

    @Override
    public int queueLeases() {
        return Math.min(QUEUE_LEASES, leases.policy.queuePerParent());
    }

    @Override
    public int leasesWorthAMessage(Member child) {
        return 1;
    }

    @Override
    public int load(Member parent) {
        return parent.node.uploads;
    }

    @Override
    public boolean oneConnectionMoreAPiece() {
        return false;
    }

    @Override
    public int tellAfterPieces(Member child, int piece) {
        int held = child.have.count() + child.requested.count();
        return held < child.have.pieces() / EARLY_PART ? 1 : TELL_AFTER_PIECES;
    }
}
