package io.darter.appliance.scheduling;

import io.darter.link.v1.Discard;
import io.darter.link.v1.GiveUp;
import io.darter.link.v1.Pong;
import io.darter.link.v1.Reason;
import io.darter.link.v1.SchedulerMessage;
import io.darter.swarm.ContentKey;
import io.darter.swarm.scheduling.FailureReason;

/** Values of the wire in the core's words. */
final class Wire {
    /** As agents read it: their code for it, then words. */
    static final String PURGED = "CONTENT_PURGED: an operator purged this content from the cluster";

    private Wire() {}

    static FailureReason reason(Reason reason) {
        return switch (reason) {
            case CORRUPT -> FailureReason.CORRUPT;
            case STALLED -> FailureReason.STALLED;
            case UNREACHABLE -> FailureReason.UNREACHABLE;
            case MISSING -> FailureReason.MISSING;
            case ORIGIN_REFUSED -> FailureReason.ORIGIN_REFUSED;
            case CHANGED -> FailureReason.CHANGED;
            case RETURNED, REASON_UNSPECIFIED, UNRECOGNIZED -> FailureReason.RETURNED;
        };
    }

    static Reason reason(FailureReason reason) {
        return switch (reason) {
            case CORRUPT -> Reason.CORRUPT;
            case STALLED -> Reason.STALLED;
            case UNREACHABLE -> Reason.UNREACHABLE;
            case MISSING -> Reason.MISSING;
            case ORIGIN_REFUSED -> Reason.ORIGIN_REFUSED;
            case CHANGED -> Reason.CHANGED;
            case RETURNED -> Reason.RETURNED;
        };
    }

    static SchedulerMessage giveUp(ContentKey key, FailureReason reason, String words, int status) {
        return SchedulerMessage.newBuilder()
                .setGiveUp(GiveUp.newBuilder()
                        .setKey(key.value())
                        .setReason(reason(reason))
                        .setDetail(words)
                        .setOriginStatus(status))
                .build();
    }

    static SchedulerMessage discard(ContentKey key) {
        return SchedulerMessage.newBuilder()
                .setDiscard(Discard.newBuilder().setKey(key.value()))
                .build();
    }

    static SchedulerMessage pong(long number) {
        return SchedulerMessage.newBuilder()
                .setPong(Pong.newBuilder().setNumber(number))
                .build();
    }

    /** Words for a person where no node gave any. */
    static String words(FailureReason reason) {
        return switch (reason) {
            case CORRUPT -> "every source sent wrong bytes";
            case STALLED -> "every source stopped sending";
            case UNREACHABLE -> "the origin cannot be reached";
            case MISSING -> "nobody has the content";
            case ORIGIN_REFUSED -> "the origin refused";
            case CHANGED -> "the content changed at the origin while it was being fetched";
            case RETURNED -> "no node could fetch it";
        };
    }
}
