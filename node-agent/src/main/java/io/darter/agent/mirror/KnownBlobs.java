package io.darter.agent.mirror;

import io.darter.agent.mirror.MirrorPath.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this agent may serve: blobs reachable from manifests that the registry gave it in that repository, for ten minutes.
 * A digest alone is no permission. Bounded; the longest unused is forgotten first, and asked for again.
 */
final class KnownBlobs {
    private static final Duration PERMITTED = Duration.ofMinutes(10);
    /** After a broken answer the same blob is refused for this long, so that the runtime goes on upstream. */
    private static final Duration REFUSED = Duration.ofSeconds(10);

    private static final int BLOBS_MAX = 20_000;
    private static final int NAMES_MAX = 10_000;
    private static final int BROKEN_MAX = 1_000;

    private final InstantSource clock;
    private final Map<Place, Blob> blobs = bounded(BLOBS_MAX);
    private final Map<Place, String> names = bounded(NAMES_MAX);
    private final Map<Place, Instant> broken = bounded(BROKEN_MAX);

    KnownBlobs(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * A blob and the image it belongs to.
     *
     * @param task the name a person knows
     */
    record Blob(long sizeBytes, String task, Instant until) {}

    synchronized Optional<Blob> blob(Repository repository, String digest) {
        Blob blob = blobs.get(new Place(repository, digest));
        return blob != null && blob.until().isAfter(clock.instant()) ? Optional.of(blob) : Optional.empty();
    }

    synchronized Blob allow(Repository repository, String digest, long sizeBytes, String task) {
        Blob blob = new Blob(sizeBytes, task, clock.instant().plus(PERMITTED));
        blobs.put(new Place(repository, digest), blob);
        return blob;
    }

    /** The name under which a manifest was first asked for: {@code registry/repo:tag}, or with its digest. */
    synchronized String task(Repository repository, String digest) {
        String name = names.get(new Place(repository, digest));
        return name == null ? repository + "@" + digest : name;
    }

    synchronized void name(Repository repository, String digest, String task) {
        names.put(new Place(repository, digest), task);
    }

    synchronized void broke(Repository repository, String digest) {
        broken.put(new Place(repository, digest), clock.instant().plus(REFUSED));
    }

    synchronized boolean brokeJustNow(Repository repository, String digest) {
        Instant until = broken.get(new Place(repository, digest));
        return until != null && until.isAfter(clock.instant());
    }

    private static <V> Map<Place, V> bounded(int max) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Place, V> eldest) {
                return size() > max;
            }
        };
    }

    private record Place(Repository repository, String digest) {}
}
