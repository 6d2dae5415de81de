package io.darter.demo;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Gets a file through a node's control socket, as {@code darter get} does. */
final class FileFetch implements Fetch {
    private static final int HEAD_LINE_MAX = 16 << 10;

    private final String url;

    FileFetch(String url) {
        this.url = url;
    }

    @Override
    public List<ReceivedFile> fetch(AgentProcess agent, Path folder, Meter meter) throws DemoFailure, IOException {
        var target = folder.resolve("file");
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(agent.socket()));
            var head = "GET /v1/get?url=" + URLEncoder.encode(url, StandardCharsets.UTF_8)
                    + " HTTP/1.1\r\nHost: darter\r\nConnection: close\r\n\r\n";
            var bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            var in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 17);
            var status = status(line(in));
            var headers = headers(in);
            var body = body(in, headers);
            if (status != 200) {
                throw Refusal.of(
                        "Asking " + agent.name() + " for " + url,
                        status,
                        new String(body.readNBytes(1 << 16), StandardCharsets.UTF_8));
            }
            meter.expect(Long.parseLong(headers.getOrDefault("content-length", "0")));
            var size = 0L;
            try (var out = Files.newOutputStream(target)) {
                var chunk = new byte[1 << 17];
                for (var n = body.read(chunk); n >= 0; n = body.read(chunk)) {
                    out.write(chunk, 0, n);
                    size += n;
                    meter.received(n);
                }
            }
            return List.of(new ReceivedFile(target, "", size));
        }
    }

    private static int status(String line) throws IOException {
        var words = line.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
            throw new IOException("the agent's answer is not HTTP: " + line);
        }
        return Integer.parseInt(words[1]);
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        var headers = new TreeMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            var colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private static InputStream body(InputStream in, Map<String, String> headers) {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return new Chunks(in);
        }
        var length = headers.get("content-length");
        return length == null ? in : new Limited(in, Long.parseLong(length));
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (var c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > HEAD_LINE_MAX) {
                throw new EOFException("the agent's answer ended inside its head");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** Exactly so many bytes; an early end is an error, not an end. */
    private static class Limited extends InputStream {
        private final InputStream in;
        long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            var n = in.read(target, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("the agent cut the answer, " + left + " bytes before its end");
            }
            left -= n;
            return n;
        }
    }

    /** A body of unknown length, in HTTP's chunks. */
    private static final class Chunks extends Limited {
        private final InputStream in;
        private boolean first = true;
        private boolean ended;

        Chunks(InputStream in) {
            super(in, 0);
            this.in = in;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                if (!first) {
                    line(in);
                }
                first = false;
                left = Long.parseLong(line(in).split(";", 2)[0], 16);
                ended = left == 0;
            }
            return super.read(target, offset, length);
        }
    }
}
