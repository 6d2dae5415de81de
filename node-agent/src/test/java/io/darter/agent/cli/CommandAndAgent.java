package io.darter.agent.cli;

import com.sun.net.httpserver.HttpServer;
import io.darter.agent.config.RegistrySettings;
import io.darter.agent.control.AgentFacts;
import io.darter.agent.control.AgentStatus;
import io.darter.agent.control.ControlHandler;
import io.darter.agent.control.FilteredQuery;
import io.darter.agent.health.Patience;
import io.darter.agent.health.Traffic;
import io.darter.agent.http.Endpoint;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.HttpServerSettings;
import io.darter.agent.origin.HttpOriginClient;
import io.darter.agent.origin.OriginNetwork;
import io.darter.agent.origin.Registries;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.schedulerlink.RemoteMetaDesk;
import io.darter.agent.schedulerlink.SchedulerLink;
import io.darter.agent.store.DiskPieceStore;
import io.darter.agent.store.Sha256;
import io.darter.agent.task.TaskParts;
import io.darter.agent.task.TaskRegistry;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An agent without a cluster, a real HTTP origin, and the darter command for it. */
abstract class CommandAndAgent {
    static final byte[] BYTES = new byte[3_000_000];
    static final String DIGEST;

    static {
        new Random(7).nextBytes(BYTES);
        DIGEST = "sha256:" + HexFormat.of().formatHex(Sha256.of(BYTES));
    }

    @TempDir
    Path folder = Path.of("");

    final List<AutoCloseable> parts = new ArrayList<>();
    final CountDownLatch slowGate = new CountDownLatch(1);
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    private int originPort;

    @BeforeEach
    void start() throws Exception {
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        origin.createContext("/file", exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"1\"");
            answer(exchange, 200, BYTES);
        });
        origin.createContext("/unproved", exchange -> answer(exchange, 200, BYTES));
        origin.createContext("/healthz", exchange -> answer(exchange, 200, new byte[1]));
        origin.createContext("/slow", exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"1\"");
            exchange.getResponseHeaders().add("Accept-Ranges", "bytes");
            slowly(exchange);
        });
        origin.createContext("/denied", exchange -> answer(exchange, 403, new byte[0]));
        origin.createContext("/shy", CommandAndAgent::shyly);
        origin.createContext("/chunked", exchange -> chunked(exchange, true));
        origin.createContext("/broken", exchange -> chunked(exchange, false));
        origin.start();
        parts.add(() -> {
            slowGate.countDown();
            origin.stop(0);
        });
        originPort = origin.getAddress().getPort();
        agent();
    }

    /** Two thirds at once, the rest when the test lets it go. */
    private void slowly(com.sun.net.httpserver.HttpExchange exchange) throws java.io.IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            answer(exchange, 200, BYTES);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.substring(6, range.indexOf('-')));
        if (range != null) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (BYTES.length - 1) + "/" + BYTES.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, BYTES.length - from);
        try (OutputStream stream = exchange.getResponseBody()) {
            int here = Math.max(from, BYTES.length * 2 / 3);
            stream.write(BYTES, from, here - from);
            stream.flush();
            slowGate.await();
            stream.write(BYTES, here, BYTES.length - here);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells nobody its length who does not ask for a range. */
    private static void shyly(com.sun.net.httpserver.HttpExchange exchange) throws java.io.IOException {
        exchange.getResponseHeaders().add("ETag", "\"1\"");
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            chunked(exchange, true);
            return;
        }
        String[] ends = range.substring("bytes=".length()).split("-", 2);
        int from = Integer.parseInt(ends[0]);
        int to = Integer.parseInt(ends[1]) + 1;
        exchange.getResponseHeaders().add("Content-Range", "bytes " + range.substring(6) + "/" + BYTES.length);
        exchange.sendResponseHeaders(206, to - from);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(BYTES, from, to - from);
        }
    }

    /** More than is called small, and no word of how much; if not whole, it breaks off. */
    private static void chunked(com.sun.net.httpserver.HttpExchange exchange, boolean whole)
            throws java.io.IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : 0);
        if (head) {
            exchange.close();
            return;
        }
        OutputStream body = exchange.getResponseBody();
        body.write(BYTES);
        if (!whole) {
            body.flush();
            throw new java.io.IOException("broken off");
        }
        body.write(BYTES);
        body.close();
    }

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, int status, byte[] body)
            throws java.io.IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
        }
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        try (OutputStream stream = exchange.getResponseBody()) {
            if (!head) {
                stream.write(body);
            }
        }
    }

    private void agent() throws Exception {
        DiskPieceStore store = new DiskPieceStore(folder.resolve("store"), 1 << 30, InstantSource.system());
        store.start();
        EventLoops loops = new EventLoops(1);
        HttpOriginClient origin = new HttpOriginClient(
                new Registries(List.<RegistrySettings>of()),
                new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator()),
                _ -> {},
                InstantSource.system());
        SchedulerLink link = new SchedulerLink(new SchedulerLink.Settings(
                Optional.empty(),
                List::of,
                () -> {
                    throw new IllegalStateException();
                },
                () -> {
                    throw new IllegalStateException();
                },
                () -> {
                    throw new IllegalStateException();
                },
                InstantSource.system(),
                new Patience(System::nanoTime),
                new SplittableRandom(1)));
        TaskRegistry tasks =
                new TaskRegistry(new TaskParts(store, new NoPeers(), origin, link, new Traffic(), System::nanoTime));
        RemoteMetaDesk desk = new RemoteMetaDesk(link, System::nanoTime);
        AgentStatus status = new AgentStatus(
                "1", "n1", "node-one", "c", "node", true, "passed", 1, 2, 3, 4, 5, 6, 7, tasks.progress());
        AgentFacts facts = new AgentFacts(
                "1", false, false, "", 0, 0, "off", 1, 2, 1L << 40, "127.0.0.1:1", "127.0.0.1:" + originPort, "");
        io.darter.agent.http.HttpServer control = new io.darter.agent.http.HttpServer(
                "control",
                loops,
                HttpServerSettings.of(new Endpoint.Unix(folder.resolve("agent.sock"))),
                new ControlHandler(
                        tasks,
                        store,
                        origin,
                        desk,
                        new FilteredQuery(List.of()),
                        () -> status,
                        () -> facts,
                        () -> "read",
                        folder.resolve("hand")));
        control.start();
        parts.addAll(0, List.of(control, tasks, link, origin, loops, store));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
    }

    int darter(String... arguments) {
        return command(folder.resolve("agent.sock")).execute(arguments);
    }

    CommandLine command(Path socket) {
        return Darter.command(Map.of("DARTER_SOCKET", socket.toString()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }

    String url(String path) {
        return "http://127.0.0.1:" + originPort + path;
    }

    String file(String name) {
        return folder.resolve(name).toString();
    }

    private static final class NoPeers implements PieceClient {
        @Override
        public PieceBody fetch(Parent parent, ContentKey key, PieceRun run, long bytesExpected) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
