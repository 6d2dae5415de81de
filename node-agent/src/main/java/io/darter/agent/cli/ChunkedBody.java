package io.darter.agent.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body in chunks (RFC 9112, section 7.1); trailers are read and forgotten. Not for use by several threads. */
final class ChunkedBody extends InputStream {
    private static final int SIZE_DIGITS_MAX = 15;

    private final InputStream input;
    private long leftBytes;
    private boolean first = true;
    private boolean over;

    ChunkedBody(InputStream input) {
        this.input = input;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** -1 only where the body has ended as it should. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (leftBytes == 0 && !over) {
            nextChunk();
        }
        if (over) {
            return -1;
        }
        int count = input.read(target, offset, (int) Math.min(length, leftBytes));
        if (count < 0) {
            throw new EOFException("the answer ended in the middle of a chunk");
        }
        leftBytes -= count;
        return count;
    }

    private void nextChunk() throws IOException {
        if (!first && !AgentSocket.line(input).isEmpty()) {
            throw new IOException("a chunk is longer than it said");
        }
        first = false;
        String size = AgentSocket.line(input).split(";", 2)[0].strip();
        try {
            if (size.length() > SIZE_DIGITS_MAX) {
                throw new NumberFormatException(size);
            }
            leftBytes = Long.parseUnsignedLong(size, 16);
        } catch (NumberFormatException e) {
            throw new IOException("a chunk without a size", e);
        }
        if (leftBytes == 0) {
            over = true;
            while (!AgentSocket.line(input).isEmpty()) {
                // a trailer
            }
        }
    }
}
