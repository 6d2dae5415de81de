package io.darter.appliance.access;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Requests byte by byte as they are given, also such that no HTTP client would send; each on a connection of its own. */
final class RawHttp {
    private static final int LIMIT_MILLIS = 20_000;

    private final int port;
    private int sources;

    RawHttp(int port) {
        this.port = port;
    }

    /**
     * Texts are sent as ISO 8859-1: a char is a byte.
     *
     * @param headers Host, Connection and Content-Length are added unless they are there
     * @param fresh from an address of its own, on which no limit counts yet
     */
    record Request(String method, String target, Map<String, String> headers, String body, boolean fresh) {
        Request with(String name, String value) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put(name, value);
            return new Request(method, target, all, body, fresh);
        }

        @Override
        public String toString() {
            String text = method + " " + target + " " + headers + " " + body;
            return text.length() <= 400 ? text : text.substring(0, 400) + "… (" + text.length() + " chars)";
        }
    }

    /** @param status 0 if the connection was closed without an answer */
    record Answer(int status, String head, String body) {
        boolean isProblem() {
            return head.toLowerCase(Locale.ROOT).contains("content-type: application/problem+json")
                    && body.contains("\"code\":");
        }
    }

    Answer send(Request request) {
        StringBuilder head = new StringBuilder(request.method() + " " + request.target() + " HTTP/1.1\r\n");
        Map<String, String> headers = new LinkedHashMap<>(request.headers());
        headers.putIfAbsent("Host", "127.0.0.1");
        headers.putIfAbsent("Connection", "close");
        if (!request.body().isEmpty() && !headers.containsKey("Transfer-Encoding")) {
            headers.putIfAbsent("Content-Length", String.valueOf(request.body().length()));
        }
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] bytes = (head + "\r\n" + request.body()).getBytes(StandardCharsets.ISO_8859_1);
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.bind(new InetSocketAddress(request.fresh() ? source() : InetAddress.ofLiteral("127.0.0.1"), 0));
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), LIMIT_MILLIS);
            String text = exchange(socket, bytes).replaceFirst("^HTTP/1\\.1 100[^\\n]*\\r\\n\\r\\n", "");
            int end = text.indexOf("\r\n\r\n");
            return end < 0
                    ? new Answer(0, text, "")
                    : new Answer(
                            Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
        } catch (IOException e) {
            throw new AssertionError("no answer to " + request, e);
        }
    }

    /** An appliance that does not want the rest of a body may answer and close while it is still being sent. */
    private static String exchange(Socket socket, byte[] bytes) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            // What it answered may be there all the same.
        }
        try {
            socket.getInputStream().transferTo(read);
        } catch (SocketException e) {
            // A reset after the answer.
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** All of 127.0.0.0/8 is this machine. */
    private InetAddress source() {
        sources++;
        return InetAddress.ofLiteral("127.1." + sources / 250 % 250 + "." + (sources % 250 + 1));
    }
}
