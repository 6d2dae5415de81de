package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the agent of this machine: one HTTP/1.1 request on its Unix socket. */
final class AgentSocket {
    private static final int LINE_BYTES_MAX = 8192;
    private static final int SMALL_BODY_BYTES_MAX = 4 << 20;

    /** A running agent answers all but a get within milliseconds. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private final Path socket;
    private boolean answered;

    AgentSocket(Path socket) {
        this.socket = socket;
    }

    /**
     * An answer whose body is still to be read; whoever has it closes it.
     *
     * @param deadline closes it under the reader; its thread ends with the answer if it is this answer's alone
     */
    record Answer(
            int status,
            Map<String, String> headers,
            InputStream body,
            SocketChannel channel,
            @Nullable Deadline deadline)
            implements AutoCloseable {
        /** -1 if it is over when it ends. */
        long lengthBytes() {
            return Long.parseLong(headers.getOrDefault("content-length", "-1"));
        }

        /** All of a small body. */
        byte[] small() throws IOException {
            return body.readNBytes((int) Math.min(Math.max(0, lengthBytes()), SMALL_BODY_BYTES_MAX));
        }

        @Override
        public void close() throws IOException {
            if (deadline != null) {
                deadline.done();
            }
            channel.close();
        }
    }

    /** Whether an agent was there at any time. */
    boolean answered() {
        return answered;
    }

    /**
     * A question that is answered at once: the connection is closed after 5 s, whatever has come.
     *
     * @param target path and query
     */
    Answer get(String target) throws DarterException, IOException {
        return soon("GET", target);
    }

    /** @param deadline closes the connection when it passes */
    Answer get(String target, Deadline deadline) throws DarterException, IOException {
        return ask("GET", target, deadline, null);
    }

    /** As {@link #get(String)}. */
    Answer post(String target) throws DarterException, IOException {
        return soon("POST", target);
    }

    private Answer soon(String method, String target) throws DarterException, IOException {
        Deadline deadline = new Deadline(ANSWER_MAX);
        boolean good = false;
        try {
            Answer answer = ask(method, target, deadline, deadline);
            good = true;
            return answer;
        } finally {
            if (!good) {
                deadline.done();
            }
        }
    }

    /** A connection that broke, or was closed after 5 s, in words. */
    DarterException lost(String tried, IOException cause) {
        boolean late = cause instanceof ClosedChannelException;
        return new DarterException(
                ErrorCode.AGENT_UNREACHABLE,
                tried,
                late
                        ? "the agent at " + socket + " does not answer within " + ANSWER_MAX.toSeconds() + " s"
                        : "the connection to " + socket + " broke (" + cause.getMessage() + ")",
                late
                        ? "It is stopped or overloaded: see its log, or start it anew (systemctl restart darter-agent)."
                        : "See the agent's log (journalctl -u darter-agent); ask again.",
                cause);
    }

    private Answer ask(String method, String target, Deadline deadline, @Nullable Deadline own)
            throws DarterException, IOException {
        SocketChannel channel = connect(deadline);
        try {
            answered = true;
            String head = method + " " + target
                    + " HTTP/1.1\r\nHost: agent\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            ByteBuffer request = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            return read(channel, own);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private SocketChannel connect(Deadline deadline) throws DarterException, IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            deadline.closes(channel);
            channel.connect(UnixDomainSocketAddress.of(socket)); // waits if too many wait already
            return channel;
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            channel.close();
            throw new DarterException(
                    ErrorCode.AGENT_UNREACHABLE,
                    "Connecting to the agent at " + socket,
                    String.valueOf(e.getMessage()),
                    "Start darter-agent, or name its socket with --socket or DARTER_SOCKET;"
                            + " the socket is for root and the group darter.",
                    e);
        }
    }

    private static Answer read(SocketChannel channel, @Nullable Deadline own) throws IOException {
        InputStream input = new BufferedInputStream(Channels.newInputStream(channel), 64 << 10);
        String[] status = line(input).split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
            throw new IOException("the agent does not speak HTTP/1.1");
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(input); !line.isEmpty(); line = line(input)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        boolean chunked = headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked");
        InputStream body = chunked ? new ChunkedBody(input) : input;
        return new Answer(Integer.parseInt(status[1]), headers, body, channel, own);
    }

    static String line(InputStream input) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("the agent closed the connection");
            }
            if (line.length() > LINE_BYTES_MAX) {
                throw new IOException("a header line is too long");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
