package io.darter.agent.purge;

import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Contents that nobody of the cluster may hold, as heard last; on the disk too. Safe for use by many threads. */
public final class Tombstones {
    private static final Logger log = LoggerFactory.getLogger(Tombstones.class);

    private final Optional<Path> file;
    private volatile long version;
    private volatile Set<ContentKey> keys = Set.of();

    private Tombstones(Optional<Path> file) {
        this.file = file;
    }

    /** Of nothing, on no disk. */
    public static Tombstones none() {
        return new Tombstones(Optional.empty());
    }

    /**
     * Those that were heard of before; a file that cannot be read is as none, and said so.
     *
     * @param dataDir of the agent
     */
    public static Tombstones load(Path dataDir) {
        Path file = dataDir.resolve("tombstones");
        Tombstones tombstones = new Tombstones(Optional.of(file));
        try {
            if (Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                Set<ContentKey> read = new HashSet<>();
                lines.subList(1, lines.size()).forEach(line -> read.add(new ContentKey(line)));
                tombstones.version = Long.parseLong(lines.getFirst());
                tombstones.keys = read;
            }
        } catch (IOException | RuntimeException e) {
            log.atError()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("tombstones cannot be read; they come with the link");
        }
        return tombstones;
    }

    /** The list from now on; false if a later one is known. */
    public synchronized boolean take(long newVersion, Set<ContentKey> all) {
        if (newVersion < version) {
            return false;
        }
        version = newVersion;
        keys = Set.copyOf(all);
        return true;
    }

    /** Waits for the disk; whole or not at all. */
    public synchronized void save() throws IOException {
        if (file.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(Long.toString(version));
        keys.forEach(key -> lines.add(key.value()));
        Path part = file.get().resolveSibling("tombstones.part");
        Files.write(part, lines);
        Files.move(part, file.get(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public boolean has(ContentKey key) {
        return keys.contains(key);
    }

    Set<ContentKey> all() {
        return keys;
    }
}
