package io.darter.appliance.settings;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The appliance's configuration, checked.
 *
 * @param dataDir everything the appliance keeps, unless a database elsewhere is given
 * @param bind address of the HTTPS and agent ports
 * @param advertise hosts by which nodes and people reach the appliance: in certificates and join tokens; never empty
 * @param httpsPort console and REST; 0 = a free port, as for the others
 * @param httpPort the same, plain, on loopback only
 * @param agentPort gRPC of the agents
 * @param originFetchers {@code seeds-first}, {@code seeds} or {@code any}
 * @param originConnectionsPerTask 1 to 16
 * @param pieceBytes fixed size of pieces, 0 = by rule
 * @param replicas how many appliances share this one's database and Redis, itself included; 1 = it is alone
 * @param masterKeyFile 32 bytes that encrypt the keys in the database; the same on all replicas
 * @param exitWithParent end when standard input does
 */
public record ServerConfig(
        Path dataDir,
        String bind,
        List<String> advertise,
        int httpsPort,
        int httpPort,
        int agentPort,
        String originFetchers,
        int originConnectionsPerTask,
        int pieceBytes,
        Database database,
        Redis redis,
        int replicas,
        Path masterKeyFile,
        boolean exitWithParent) {

    /** Whether other replicas share the clusters. */
    public boolean shared() {
        return replicas > 1;
    }

    /** @param url {@code jdbc:mysql://host[:port]/database}, of MySQL or MariaDB; empty = an H2 file under dataDir */
    public record Database(
            String url, String username, @Nullable Path passwordFile) {
        /** Whether it is a file of the appliance's own. */
        public boolean embedded() {
            return url.isEmpty();
        }
    }

    /**
     * Where Redis is; with neither url nor sentinels a private server under dataDir.
     *
     * @param url of a single server: {@code redis://host:port}, or {@code rediss://host:port} for TLS
     * @param sentinels the same for each Sentinel; they say which server is the master
     * @param sentinelMaster by which name they know it
     * @param username empty for the default user
     * @param sentinelPasswordFile where the Sentinels have a password of their own
     * @param ca PEM file of the CA that signed the servers' certificates; the JDK's own list of CAs otherwise
     */
    public record Redis(
            String url,
            List<String> sentinels,
            String sentinelMaster,
            String username,
            @Nullable Path passwordFile,
            @Nullable Path sentinelPasswordFile,
            @Nullable Path ca) {
        /** Whether the appliance starts one of its own. */
        public boolean embedded() {
            return url.isEmpty() && sentinels.isEmpty();
        }
    }
}
