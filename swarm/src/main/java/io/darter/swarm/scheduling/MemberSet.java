package io.darter.swarm.scheduling;

import java.util.ArrayList;
import java.util.List;

/** Members of one content with a property; adding, removing and drawing one take constant time. */
final class MemberSet {
    static final int ALL = 0;
    static final int AVAILABLE = 1;
    static final int HUNGRY = 2;
    static final int OPEN = 3;
    static final int SEEKING = 4;

    private final int which;
    private final List<Member> members = new ArrayList<>();

    MemberSet(int which) {
        this.which = which;
    }

    int size() {
        return members.size();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    Member get(int index) {
        return members.get(index);
    }

    boolean contains(Member member) {
        return member.positions[which] >= 0;
    }

    void set(Member member, boolean in) {
        if (in == contains(member)) {
            return;
        }
        if (in) {
            member.positions[which] = members.size();
            members.add(member);
            return;
        }
        int hole = member.positions[which];
        Member last = members.removeLast();
        if (last != member) {
            members.set(hole, last);
            last.positions[which] = hole;
        }
        member.positions[which] = -1;
    }
}
