package io.darter.swarm.scheduling;

/** Who may be connected with whom in one content, and how often they talk about it with the scheduler. */
sealed interface PartnerRule permits SmallSwarmRule, LargeSwarmRule {
    /** Whether the two may have another lease between them, whatever the piece. */
    boolean mayPair(Member child, Member parent);

    /** Whether it may be this piece; only asked if {@link #mayPair} says yes. */
    boolean allows(Member child, Member parent, int piece);

    /** The child, which is hungry, may be asked by parents that are not its partners. */
    boolean isSeeking(Member child);

    /** The parent, which has room, may be asked by children that are not its partners. */
    boolean isOpen(Member parent);

    /** The parent has something for children that are not seeking. */
    boolean servesAnybody(Member parent);

    /** Two that are connected go on with each other while they can, and what goes into one message is sent in one. */
    boolean staysTogether();

    /** Unfinished leases of a child on its parents, at most. */
    int windowLeases();

    /** The same of a child that fetches from the origin: its link is for the origin first. */
    int fetcherWindowLeases(ContentState content);

    /** Unfinished leases on a parent, at most. */
    int queueLeases();

    /** A child with room for fewer leases is not granted any: a message for them is not worth it. */
    int leasesWorthAMessage(Member child);

    /** What another lease would share the parent's link with. */
    int load(Member parent);

    /** The origin is asked for another content range at once only after another piece came from there. */
    boolean oneConnectionMoreAPiece();

    /** So many verified pieces may wait for a report at the child when this one arrives there. */
    int tellAfterPieces(Member child, int piece);
}
