package io.darter.appliance.node;

import io.darter.link.v1.Heartbeat;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Bytes by kind; either of an agent since its start or of a node for life. */
public record Counters(long originBytes, long peerBytes, long servedBytes, long deliveredBytes) {
    public static final Counters ZERO = new Counters(0, 0, 0, 0);

    static Counters of(Heartbeat beat) {
        return new Counters(
                beat.getOriginBytes(), beat.getPeerBytes(), beat.getServedBytes(), beat.getDeliveredBytes());
    }

    /** What came on top of {@code before}; an agent that counts less than before was started anew. */
    Counters since(Counters before) {
        boolean restarted = originBytes < before.originBytes
                || peerBytes < before.peerBytes
                || servedBytes < before.servedBytes
                || deliveredBytes < before.deliveredBytes;
        return restarted
                ? this
                : new Counters(
                        originBytes - before.originBytes,
                        peerBytes - before.peerBytes,
                        servedBytes - before.servedBytes,
                        deliveredBytes - before.deliveredBytes);
    }

    Counters plus(Counters other) {
        return new Counters(
                originBytes + other.originBytes,
                peerBytes + other.peerBytes,
                servedBytes + other.servedBytes,
                deliveredBytes + other.deliveredBytes);
    }

    String text() {
        return originBytes + " " + peerBytes + " " + servedBytes + " " + deliveredBytes;
    }

    static Counters parse(String text) {
        if (text.isEmpty()) {
            return ZERO;
        }
        var numbers = Arrays.stream(text.split(" ")).map(Long::parseLong).collect(Collectors.toList());
        return new Counters(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
    }
}
