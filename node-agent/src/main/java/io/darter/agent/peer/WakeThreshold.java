package io.darter.agent.peer;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.concurrent.TimeUnit;

/**
 * For how many bytes a connection wakes its event loop: the socket's low-water mark. On a link of 25 Mbit/s two packets come
 * each millisecond, and waking for them costs more than what is done with them; on a fast one each read finds enough anyway.
 *
 * <p>Never more than certainly comes, and never more than comes within {@link #WAIT_NANOS} at the present rate. Event loop
 * only.
 */
final class WakeThreshold {
    /** The end of a piece is told at once; what comes before it may be this late: much less than what ends a silent connection. */
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    static final int BYTES_MAX = 64 << 10;
    /** Below it, a read is not worth the system call that moves the mark. */
    private static final int BYTES_MIN = 8 << 10;
    /** A part of a record of TLS may have been read that has not become an answer's bytes yet (RFC 8446, section 5.2). */
    private static final int RECORD_BYTES_MAX = (16 << 10) + 512;

    private static final long RATE_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    /** Linux, asm-generic/socket.h. */
    private static final IntegerUnixChannelOption SO_RCVLOWAT = new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);

    private final Channel channel;
    private final boolean possible;
    private int bytes = 1;
    private long windowStartNanos;
    private long windowBytes;
    private double bytesPerNano;

    WakeThreshold(Channel channel) {
        this.channel = channel;
        this.possible = channel instanceof EpollSocketChannel;
    }

    /** So much was read from the network. */
    void arrived(int count, long nowNanos) {
        long elapsedNanos = nowNanos - windowStartNanos;
        if (elapsedNanos > PAUSE_NANOS) {
            windowStartNanos = nowNanos;
            windowBytes = 0;
            return;
        }
        windowBytes += count;
        if (elapsedNanos >= RATE_WINDOW_NANOS) {
            double rate = (double) windowBytes / elapsedNanos;
            bytesPerNano = bytesPerNano == 0 ? rate : (bytesPerNano + rate) / 2;
            windowStartNanos = nowNanos;
            windowBytes = 0;
        }
    }

    /** At least so many bytes of an answer come before anybody has to be told of them. */
    void expect(long certainBytes) {
        double most = Math.min((double) (certainBytes - RECORD_BYTES_MAX), bytesPerNano * WAIT_NANOS);
        set(most < BYTES_MIN ? 1 : Math.min(BYTES_MAX, Integer.highestOneBit((int) most)));
    }

    /** True if the mark kept bytes back that have come; they are told of now. */
    boolean lower() {
        boolean keptBack = bytes > 1;
        bytesPerNano = 0;
        set(1);
        return keptBack;
    }

    private void set(int wanted) {
        if (possible && wanted != bytes && channel.isOpen()) {
            bytes = wanted;
            channel.config().setOption(SO_RCVLOWAT, wanted);
        }
    }
}
