package io.darter.swarm.scheduling;

import java.util.ArrayList;
import java.util.List;

/** Members of one content with a property; adding, removing and drawing one take constant time. */
final class MemberSet {
    /** The sets of one content. */
    enum Kind {
        MEMBERS,
        AVAILABLE,
        HUNGRY,
        OPEN,
        SEEKING
    }

    private final Kind kind;
    private final List<Member> members = new ArrayList<>();

    MemberSet(Kind kind) {
        this.kind = kind;
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
        return member.position(kind) >= 0;
    }

    void set(Member member, boolean in) {
        if (in == contains(member)) {
            return;
        }
        if (in) {
            member.position(kind, members.size());
            members.add(member);
            return;
        }
        int hole = member.position(kind);
        Member last = members.removeLast();
        if (last != member) {
            members.set(hole, last);
            last.position(kind, hole);
        }
        member.position(kind, -1);
    }
}
