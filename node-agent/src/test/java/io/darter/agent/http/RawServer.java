package io.darter.agent.http;

import io.darter.agent.Scratch;
import io.darter.agent.errors.DarterException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the agent's servers that strangers send bytes to, a connection for each. It is waited for until the server has
 * answered all of them that it took for requests and has forgotten the connection: nothing may keep it from that.
 */
public final class RawServer {
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(20);
    /** Passes of the event loop: one to accept, one to register, one to read, and one more. */
    private static final int PASSES = 4;
    /** A task that is to be run at once is run before the loop looks at its sockets again. */
    private static final long PASS_MICROS = 10;

    private static final long LOOK_MILLIS = 1;

    private final Supplier<Handler> fresh;
    private final AtomicReference<Handler> handler;
    private @Nullable EventLoops loops;
    private @Nullable HttpServer server;
    private Path socket = Path.of("");

    /** @param fresh a handler that has seen nothing, for each connection */
    public RawServer(Supplier<Handler> fresh) {
        this.fresh = fresh;
        this.handler = new AtomicReference<>(fresh.get());
    }

    /** Returns what the server said. */
    public synchronized String send(byte[] input) throws IOException, InterruptedException {
        HttpServer running = running();
        EventLoopGroup group = Objects.requireNonNull(loops).group();
        handler.set(fresh.get());
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(socket));
            client.configureBlocking(false);
            ByteBuffer bytes = ByteBuffer.wrap(input);
            long began = System.nanoTime();
            while (bytes.hasRemaining() && write(client, bytes)) {
                take(client, said);
            }
            Future<?> idle = idle(group.next(), running);
            while (!idle.await(LOOK_MILLIS)) {
                require(System.nanoTime() - began < NANOS_MAX, "a request that is not answered");
                take(client, said);
            }
            client.shutdownOutput();
            client.configureBlocking(true);
            while (take(client, said) >= 0) {
                // Until it is closed: if it never is, whoever runs this sees it hang.
            }
        }
        String text = said.toString(StandardCharsets.ISO_8859_1);
        require(!text.contains("HTTP/1.1 500"), "a request that the server fails on: " + text);
        return text;
    }

    /** Done when the loop, which meanwhile does what there is to do, finds every request answered. */
    private static Future<?> idle(EventLoop loop, HttpServer server) {
        Promise<Void> idle = loop.newPromise();
        look(loop, server, idle, 0);
        return idle;
    }

    private static void look(EventLoop loop, HttpServer server, Promise<Void> idle, int passes) {
        Runnable look = () -> {
            if (passes >= PASSES && server.isIdle()) {
                idle.setSuccess(null);
            } else {
                look(loop, server, idle, passes + 1);
            }
        };
        loop.schedule(look, Math.clamp(passes - PASSES, 1, 20) * PASS_MICROS, TimeUnit.MICROSECONDS);
    }

    /** False if the server has closed: it has heard enough. */
    private static boolean write(SocketChannel client, ByteBuffer bytes) {
        try {
            client.write(bytes);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private static int take(SocketChannel client, ByteArrayOutputStream said) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(16 << 10);
        int count;
        try {
            count = client.read(answer);
        } catch (IOException reset) {
            return -1; // it closed on bytes that it had not read
        }
        said.write(answer.array(), 0, answer.position());
        return count;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    private HttpServer running() throws IOException {
        HttpServer known = server;
        if (known != null) {
            return known;
        }
        socket = Scratch.folder().resolve("server.sock");
        HttpServerSettings settings = HttpServerSettings.of(new Endpoint.Unix(socket))
                .withTimes(Duration.ofSeconds(30), Duration.ofSeconds(30));
        EventLoops one = new EventLoops(1);
        loops = one;
        HttpServer started = new HttpServer(
                "fuzzed", one, settings, exchange -> handler.get().handle(exchange));
        try {
            started.start();
        } catch (DarterException e) {
            throw new IOException(e);
        }
        server = started;
        return started;
    }
}
