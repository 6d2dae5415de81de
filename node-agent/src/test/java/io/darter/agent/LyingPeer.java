package io.darter.agent;

import io.darter.agent.config.AgentConfig;
import io.darter.agent.config.AgentConfigLoader;
import io.darter.agent.health.Patience;
import io.darter.agent.http.Endpoint;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.Handler;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.http.HttpServer;
import io.darter.agent.http.HttpServerSettings;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.schedulerlink.Held;
import io.darter.agent.schedulerlink.LinkCounters;
import io.darter.agent.schedulerlink.LinkHello;
import io.darter.agent.schedulerlink.LinkListener;
import io.darter.agent.schedulerlink.SchedulerLink;
import io.darter.agent.schedulerlink.Wanted;
import io.darter.agent.store.Sha256;
import io.darter.agent.task.ContentSource;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.PieceSizeRule;
import io.darter.swarm.scheduling.FailureReason;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A node that joined like any other and lies. Started as a process with the configuration of an agent; what to lie about
 * comes on standard input, a line each: {@code MODE URL FILE}, where FILE has the true bytes. It then says that it
 * holds the content (as a seed in mode {@code fetch}: fetches it when it is asked to), prints {@code offered}, and for each lie that it
 * tells {@code lied MILLIS}, the wall clock. It ends with its standard input.
 */
public final class LyingPeer implements LinkListener, Handler {
    private static final Pattern PATH = Pattern.compile("/v1/content/([^/]+)/pieces/(\\d+)(?:-(\\d+))?");
    private static final long SLOW_STEP_MILLIS = 250;

    private final AtomicReference<@Nullable Lie> lie = new AtomicReference<>();
    private @Nullable SchedulerLink link;

    private enum Mode {
        /** One bit of each piece is another. */
        FLIP,
        /** Half of the bytes, then the end. */
        SHORT,
        /** A byte more than was asked for. */
        LONG,
        /** Half of the bytes, then silence. */
        STALL,
        /** It has nothing of what it said it has. */
        MISSING,
        /** A KiB at a time. */
        SLOW,
        /** Wrong bytes from the origin, with the digests that they have. */
        FETCH
    }

    private record Lie(Mode mode, ContentSource source, PieceGeometry geometry, byte[] bytes) {
        byte[] piece(int piece) {
            byte[] copy = new byte[geometry.length(piece)];
            System.arraycopy(bytes, (int) geometry.offset(piece), copy, 0, copy.length);
            if (mode == Mode.FETCH || mode == Mode.FLIP) {
                copy[copy.length / 2] ^= 1;
            }
            return copy;
        }

        byte[] digests(PieceRun run, boolean ofTheLie) {
            ByteArrayOutputStream digests = new ByteArrayOutputStream();
            for (int piece = run.first(); piece < run.end(); piece++) {
                byte[] copy = piece(piece);
                if (!ofTheLie && mode == Mode.FLIP) {
                    copy[copy.length / 2] ^= 1;
                }
                digests.writeBytes(Sha256.of(copy));
            }
            return digests.toByteArray();
        }
    }

    public static void main(String[] arguments) throws Exception {
        new LyingPeer().run(AgentConfigLoader.load(Optional.of(Path.of(arguments[0])), Map.of()));
        System.exit(0);
    }

    private void run(AgentConfig config) throws Exception {
        Files.createDirectories(config.dataDir());
        Membership membership = new Membership(config, InstantSource.system());
        membership.start();
        EventLoops loops = new EventLoops(1);
        HttpServerSettings settings = HttpServerSettings.of(new Endpoint.Tcp(
                        "peer.port", config.peer().bind(), config.peer().port()))
                .withTls(membership::peerServerTls)
                .withTimes(Duration.ofMinutes(1), Duration.ofSeconds(30));
        int port = new HttpServer("liar", loops, settings, this).start();
        Supplier<SchedulerLink> newLink = () -> newLink(config, membership, loops, port);
        link(newLink.get());
        say("ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            // A new link each time: what was learned of it with the lie before is forgotten, so that it is asked again.
            SchedulerLink before = link;
            if (before != null) {
                before.close();
            }
            obey(order.split(" ", 3), link(newLink.get()));
        }
    }

    private static SchedulerLink newLink(AgentConfig config, Membership membership, EventLoops loops, int port) {
        return new SchedulerLink(new SchedulerLink.Settings(
                Optional.of(new SchedulerLink.Transport(loops.group(), loops.socketChannel(), loops.allocator())),
                membership::agentLinks,
                membership::linkTls,
                () -> new LinkHello("0.1.0", config.peer().advertise(), port, "near", "", "liar"),
                () -> new LinkCounters(0, 0, 0, 0, 0, 0, 0),
                InstantSource.system(),
                new Patience(System::nanoTime),
                new SplittableRandom()));
    }

    private SchedulerLink link(SchedulerLink linked) throws InterruptedException {
        lie.set(null);
        link = linked;
        linked.start(this);
        while (!linked.linked()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return linked;
    }

    private void obey(String[] words, SchedulerLink linked) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(words[2]));
        ContentSource source = ContentSource.blob(
                URI.create(words[1]), "", "", "sha256:" + HexFormat.of().formatHex(Sha256.of(bytes)), bytes.length);
        PieceGeometry geometry = new PieceGeometry(bytes.length, PieceSizeRule.pieceBytes(bytes.length));
        Lie told = new Lie(Mode.valueOf(words[0]), source, geometry, bytes);
        lie.set(told);
        if (told.mode() != Mode.FETCH) {
            byte[] digests = told.digests(new PieceRun(0, geometry.pieces()), false);
            Held held = new Held(PieceMap.full(geometry.pieces()), geometry.pieceBytes(), digests);
            linked.want(new Wanted(source, "", false, false, Optional.of(held)));
        } else {
            linked.want(new Wanted(source, "", false, true, Optional.empty())); // eager: before any honest seed
        }
        say("offered");
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException, InterruptedException {
        Lie told = lie.get();
        Matcher path = PATH.matcher(exchange.path());
        if (told == null || !path.matches()) {
            exchange.problem(404, "USAGE", "", "", "");
            return;
        }
        int from = Integer.parseInt(path.group(2));
        int to = path.group(3) == null ? from : Integer.parseInt(path.group(3));
        ByteArrayOutputStream run = new ByteArrayOutputStream();
        for (int piece = from; piece <= to; piece++) {
            run.writeBytes(told.piece(piece));
        }
        say("lied " + InstantSource.system().millis());
        lie(exchange, told.mode(), run.toByteArray());
    }

    private static void lie(HttpExchange exchange, Mode mode, byte[] bytes) throws IOException, InterruptedException {
        Map<String, String> type = Map.of("Content-Type", "application/octet-stream");
        switch (mode) {
            case FLIP, FETCH -> exchange.respond(200, type, bytes);
            case MISSING -> exchange.problem(404, "CONTENT_NOT_FOUND", "", "it never was here", "");
            case LONG -> {
                exchange.start(200, type, bytes.length + 1);
                exchange.write(ByteBuffer.wrap(bytes));
                exchange.write(ByteBuffer.allocate(1));
            }
            case SHORT -> {
                exchange.start(200, type, bytes.length);
                exchange.write(ByteBuffer.wrap(bytes, 0, bytes.length / 2));
            }
            case STALL -> {
                exchange.start(200, type, bytes.length);
                exchange.write(ByteBuffer.wrap(bytes, 0, bytes.length / 2));
                TimeUnit.MINUTES.sleep(1);
            }
            case SLOW -> {
                exchange.start(200, type, bytes.length);
                for (int at = 0; at < bytes.length; at += 1024) {
                    exchange.write(ByteBuffer.wrap(bytes, at, Math.min(1024, bytes.length - at)));
                    TimeUnit.MILLISECONDS.sleep(SLOW_STEP_MILLIS);
                }
            }
        }
    }

    @Override
    public void assist(ContentSource content, String task) {
        Lie told = lie.get();
        SchedulerLink linked = link;
        if (linked != null
                && told != null
                && told.mode() == Mode.FETCH
                && told.source().key().equals(content.key())) {
            linked.want(new Wanted(content, task, false, true, Optional.empty()));
        }
    }

    @Override
    public void granted(GrantedLease lease) {
        Lie told = lie.get();
        SchedulerLink linked = link;
        if (linked == null || told == null) {
            return;
        }
        long id = lease.lease().id();
        if (lease.parent().isPresent() || told.mode() != Mode.FETCH) {
            linked.leaseFailed(lease.lease().content(), id, FailureReason.RETURNED, "", 0);
            return;
        }
        PieceRun run = lease.lease().run();
        say("fetched " + run.count());
        linked.verified(lease.lease().content(), id, run, 1000L * run.count(), told.digests(run, true));
    }

    private static synchronized void say(String words) {
        System.out.println(words);
        System.out.flush();
    }

    @Override
    public void linked() {}

    @Override
    public void unlinked() {}

    @Override
    public void described(ContentKey key, long sizeBytes, int pieceBytes, boolean proved) {}

    @Override
    public void revoked(ContentKey key, long leaseId) {}

    @Override
    public void gaveUp(ContentKey key, FailureReason reason, String detail, int originStatus) {}
}
