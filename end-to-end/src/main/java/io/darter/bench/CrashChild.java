package io.darter.bench;

import io.darter.agent.store.DiskPieceStore;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.ContentKey;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process that is killed: the real store, first looked at (does it offer what it was given, and nothing else?), then
 * worked on by two threads that ingest, commit, remove and by that evict, until it dies. It says on standard output what
 * it is about to do and what it has done, each line in one write, so that a line that was read was true before the kill.
 */
public final class CrashChild {
    private static final int THREADS = 2;

    private static final Pattern KEY = Pattern.compile("sha256-[0-9a-f]{64}");

    /** Kept: a logger that nobody holds is forgotten. */
    private final Logger evictions = Logger.getLogger("io.darter.agent.store.Eviction");

    private final Path folder;
    private final CrashWorld world;
    private final DiskPieceStore store;
    private final FileOutputStream out = new FileOutputStream(java.io.FileDescriptor.out);

    private CrashChild(Path folder, CrashWorld world) {
        this.folder = folder;
        this.world = world;
        this.store = new DiskPieceStore(folder, CrashWorld.QUOTA_BYTES, InstantSource.system());
    }

    /** @param arguments folder, seed of the contents, seed of this round */
    public static void main(String[] arguments) throws Exception {
        CrashChild child = new CrashChild(Path.of(arguments[0]), new CrashWorld(Long.parseLong(arguments[1])));
        long round = Long.parseLong(arguments[2]);
        child.say("starting");
        child.hearEvictions();
        child.start();
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < THREADS; number++) {
            int mine = number;
            threads.add(Thread.ofPlatform().start(() -> child.work(mine, new Random(round * THREADS + mine))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void say(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            Runtime.getRuntime().halt(3);
        }
    }

    /** The store logs what it evicts before the first file goes. */
    private void hearEvictions() {
        evictions.setUseParentHandlers(false);
        evictions.addHandler(new Handler() {
            @Override
            public void publish(LogRecord entry) {
                Matcher key = KEY.matcher(String.valueOf(entry.getMessage()));
                if (key.find() && entry.getMessage().contains("evicting")) {
                    say("evicting " + index(new ContentKey(key.group())));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    private int index(ContentKey key) {
        return world.contents().stream()
                .filter(content -> content.key().equals(key))
                .findFirst()
                .orElseThrow()
                .index();
    }

    private void start() throws IOException {
        List<CrashWorld.Content> unfinished = world.contents().stream()
                .filter(content -> Files.exists(folder.resolve(content.key() + ".part")))
                .toList();
        store.whenRemoved(key -> say("gone " + index(key)));
        store.start();
        say("started");
        for (CrashWorld.Content content : world.contents()) {
            Optional<StoredContent> held = store.find(content.key());
            if (held.isEmpty() && unfinished.contains(content)) {
                held = Optional.of(store.open(content.key(), content.geometry()));
            }
            if (held.isPresent()) {
                look(content, held.get());
            }
        }
        say("checked");
    }

    /** Every byte that the store offers as verified, against the true ones. */
    private void look(CrashWorld.Content content, StoredContent held) throws IOException {
        StringBuilder pieces = new StringBuilder();
        for (int piece = 0; piece < content.geometry().pieces(); piece++) {
            if (!held.has(piece)) {
                continue;
            }
            pieces.append(' ').append(piece);
            ByteBuffer read = ByteBuffer.allocate(content.geometry().length(piece));
            held.read(read, content.geometry().offset(piece));
            if (read.flip().mismatch(ByteBuffer.wrap(content.piece(piece))) >= 0) {
                say("wrong " + content.index() + " " + piece);
            }
        }
        say("holds " + content.index() + " " + (held.committed() ? "committed" : "unfinished") + pieces);
    }

    private void work(int number, Random random) {
        List<CrashWorld.Content> mine = world.contents().stream()
                .filter(content -> content.index() % THREADS == number)
                .toList();
        try {
            while (true) {
                once(number, mine.get(random.nextInt(mine.size())), random);
            }
        } catch (IOException | RuntimeException e) {
            StringBuilder where = new StringBuilder(e.toString());
            for (StackTraceElement element : e.getStackTrace()) {
                where.append(" < ").append(element.getMethodName()).append(':').append(element.getLineNumber());
            }
            say("broke " + where.toString().replace('\n', ' '));
            Runtime.getRuntime().halt(4);
        }
    }

    private void once(int number, CrashWorld.Content content, Random random) throws IOException {
        String at = " " + number + " " + content.index();
        say("open" + at);
        StoredContent held = store.open(content.key(), content.geometry());
        StoredContent.Use use = held.use();
        say("opened" + at);
        if (!held.committed()) {
            ingest(at, content, held, random);
        }
        if (held.verified().isFull() && !held.committed()) {
            say("commit" + at);
            held.commit();
            say("committed" + at);
        }
        use.close();
        if (held.committed() && random.nextInt(4) == 0) {
            say("remove" + at);
            store.remove(content.key());
            say("removed" + at);
        }
    }

    private void ingest(String at, CrashWorld.Content content, StoredContent held, Random random) throws IOException {
        List<Integer> missing = new ArrayList<>();
        for (int piece = 0; piece < content.geometry().pieces(); piece++) {
            if (!held.has(piece)) {
                missing.add(piece);
            }
        }
        Collections.shuffle(missing, random);
        int count = random.nextInt(4) == 0 ? random.nextInt(missing.size() + 1) : missing.size();
        for (int piece : missing.subList(0, count)) {
            byte[] bytes = content.piece(piece);
            if (random.nextInt(16) == 0) {
                lie(held, piece, bytes, random);
            }
            try (StoredContent.PieceWriter writer = held.write(piece)) {
                int half = random.nextInt(bytes.length + 1);
                writer.write(ByteBuffer.wrap(bytes, 0, half));
                writer.write(ByteBuffer.wrap(bytes, half, bytes.length - half));
                writer.accept();
            }
            say("piece" + at + " " + piece);
        }
    }

    /** Bytes that are not right, and are never accepted. */
    private static void lie(StoredContent held, int piece, byte[] bytes, Random random) throws IOException {
        byte[] wrong = bytes.clone();
        wrong[random.nextInt(wrong.length)] ^= 1;
        try (StoredContent.PieceWriter writer = held.write(piece)) {
            writer.write(ByteBuffer.wrap(wrong));
        }
    }
}
