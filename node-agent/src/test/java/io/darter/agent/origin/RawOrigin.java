package io.darter.agent.origin;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * An origin that says whatever it is told to: one part to each request, on a connection that ends with it. Tests take its address
 * for that of every host, so that no redirect leads anywhere else; to who speaks TLS it answers as to everybody.
 */
final class RawOrigin {
    private static final int HEAD_BYTES_MAX = 1 << 20;
    private static final int TLS_HANDSHAKE = 0x16;

    private final ServerSocket socket;
    private final Deque<byte[]> parts = new ArrayDeque<>();

    RawOrigin() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("raw-origin").start(this::serve);
    }

    String host() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }

    /** What it says next, in place of what it has not said. */
    void say(List<byte[]> next) {
        synchronized (parts) {
            parts.clear();
            parts.addAll(next);
        }
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> answer(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            int last = 0;
            for (int i = 0; i < HEAD_BYTES_MAX && last != 0x0d0a0d0a; i++) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                last = last << 8 | next;
                if (i == 0 && next == TLS_HANDSHAKE) {
                    break;
                }
            }
            byte[] part;
            synchronized (parts) {
                part = parts.poll();
            }
            connection.getOutputStream().write(part == null ? new byte[0] : part);
        } catch (IOException e) {
            // The client has heard enough.
        }
    }

    /** Of an input: what is between its zero bytes. */
    static List<byte[]> parts(byte[] input, int from) {
        Deque<byte[]> parts = new ArrayDeque<>();
        int begin = from;
        for (int at = from; at <= input.length; at++) {
            if (at == input.length || input[at] == 0) {
                parts.add(Arrays.copyOfRange(input, begin, at));
                begin = at + 1;
            }
        }
        return List.copyOf(parts);
    }
}
