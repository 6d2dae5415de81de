package io.darter.agent.origin;

import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.swarm.scheduling.FailureReason;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/** The asked-for part of an origin's answer; every byte that crossed the network is counted, and kept to the pace. */
final class OriginBody implements PieceBody {
    /** The length of a body that is over when the origin says so. */
    static final long TO_THE_END = Long.MAX_VALUE / 2;

    private final BodyQueue queue;
    private final LongAdder counter;
    private final HttpOriginClient.Pace pace;
    private final String answer;
    private final boolean toTheEnd;
    private long skipBytes;
    private long leftBytes;

    /**
     * @param skipBytes at the front, of an origin that does not serve ranges
     * @param answer in words
     */
    OriginBody(
            BodyQueue queue,
            LongAdder counter,
            HttpOriginClient.Pace pace,
            long skipBytes,
            long lengthBytes,
            String answer) {
        this.answer = answer;
        this.queue = queue;
        this.counter = counter;
        this.pace = pace;
        this.skipBytes = skipBytes;
        this.leftBytes = lengthBytes;
        this.toTheEnd = lengthBytes == TO_THE_END;
    }

    @Override
    public int read(ByteBuffer target) throws TransferException, InterruptedException {
        if (leftBytes == 0) {
            return -1;
        }
        if (skipBytes > 0) {
            skip();
        }
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + leftBytes));
        try {
            int count = taken(target);
            leftBytes -= Math.max(0, count);
            return count;
        } finally {
            target.limit(limit);
        }
    }

    private void skip() throws TransferException, InterruptedException {
        ByteBuffer waste = ByteBuffer.allocate((int) Math.min(skipBytes, 64 << 10));
        while (skipBytes > 0) {
            waste.clear().limit((int) Math.min(skipBytes, waste.capacity()));
            skipBytes -= taken(waste);
        }
    }

    private int taken(ByteBuffer target) throws TransferException, InterruptedException {
        int count = queue.read(target);
        if (count < 0 && toTheEnd) {
            return count;
        }
        if (count < 0) {
            throw new TransferException(
                    FailureReason.UNREACHABLE, "the origin's answer ended before its announced length", null);
        }
        counter.add(count);
        pace.acquire(count); // outside of the queue's wait: no silence of the origin
        return count;
    }

    @Override
    public String answer() {
        return answer;
    }

    @Override
    public void close() {
        queue.close();
    }
}
