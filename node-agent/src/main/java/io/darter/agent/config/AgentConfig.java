package io.darter.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Everything that can be set on an agent. Made by {@link AgentConfigLoader}, which also checks it.
 *
 * @param joinToken one word from the console, needed once
 * @param joinTokenFile the same in a file
 * @param dataDir identity and contents
 * @param socket of the darter command
 * @param zone of this node, empty if unknown
 * @param rack of this node, empty if unknown
 * @param uploadBytesPerSecond to all peers together; 0 = unlimited
 * @param downloadBytesPerSecond from all peers together; 0 = unlimited
 * @param quota bytes on disk as set by a person; empty = by role, see {@link #quotaBytes}
 * @param exitWithParent end when standard input ends
 * @param selfCheck whether the agent tries a transfer with itself after its start
 * @param verifyFully every content is hashed as a whole here, also if two other nodes have proved the digests of its pieces
 * @param filteredQueryParams names of URL parameters that do not say which content it is, beside the well-known ones of
 *     signatures
 * @param limits rates by time of day
 * @param values each setting with where it comes from, in the documented order
 */
public record AgentConfig(
        Optional<Secret> joinToken,
        Optional<Path> joinTokenFile,
        Path dataDir,
        Path socket,
        Peer peer,
        Mirror mirror,
        Health health,
        String zone,
        String rack,
        long uploadBytesPerSecond,
        long downloadBytesPerSecond,
        OptionalLong quota,
        Store store,
        List<RegistrySettings> registries,
        boolean exitWithParent,
        boolean selfCheck,
        boolean verifyFully,
        List<String> filteredQueryParams,
        Limits limits,
        Log log,
        List<EffectiveValue> values) {
    private static final long QUOTA_NODE_BYTES = 20L << 30;
    private static final long QUOTA_SEED_BYTES = 50L << 30;

    /**
     * Where other nodes reach this one.
     *
     * @param advertise the address that others use; empty = found out at the start
     * @param tls certificates and encryption between nodes; false only where every machine of the network is trusted
     */
    public record Peer(String bind, int port, String advertise, boolean tls) {}

    /** The registry mirror; always on a loopback address. */
    public record Mirror(String bind, int port) {}

    /** healthz, readyz, metrics. */
    public record Health(String bind, int port) {}

    /**
     * What is written of what happens.
     *
     * @param level {@code debug}, {@code info} or {@code warning}
     * @param file empty: standard error, which systemd's journal keeps
     * @param fileBytes size at which the file is put aside
     * @param files how many are kept, the present one included
     */
    public record Log(String level, Optional<Path> file, int fileBytes, int files) {}

    /**
     * The settings in which the other differs and which a running agent cannot change; empty if it can take up the other.
     */
    public List<String> fixedDifferences(AgentConfig other) {
        List<String> fixed = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            EffectiveValue mine = values.get(i);
            if (!Keys.RELOADABLE.contains(mine.key())
                    && !mine.value().equals(other.values.get(i).value())) {
                fixed.add(mine.key());
            }
        }
        return fixed;
    }

    /**
     * What is kept, within the quota.
     *
     * @param highPercent of the quota above which the oldest contents go
     * @param lowPercent of the quota down to which they then go
     * @param timeToLive since its last use after which a content goes; zero = it stays
     * @param diskReserveBytes of the disk that are left to others
     */
    public record Store(int highPercent, int lowPercent, Duration timeToLive, long diskReserveBytes) {}

    /** Bytes the store may use: as set, else 20 GiB, for a seed 50 GiB. */
    public long quotaBytes(boolean seed) {
        return quota.orElse(seed ? QUOTA_SEED_BYTES : QUOTA_NODE_BYTES);
    }

    /** Whether agent.yaml itself says it, and the environment does not. */
    public boolean isFromFile(String key) {
        return values.stream()
                .anyMatch(value -> value.key().equals(key) && value.origin() == EffectiveValue.Origin.FILE);
    }

    /** One line a setting: key, value, where the value comes from; secrets as three stars. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (EffectiveValue value : values) {
            text.append(String.format("%-17s %s  (%s)%n", value.key(), value.value(), value.origin()));
        }
        return text.toString();
    }
}
