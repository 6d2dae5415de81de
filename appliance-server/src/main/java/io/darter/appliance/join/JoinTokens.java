package io.darter.appliance.join;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.keys.RandomIds;
import io.darter.appliance.operator.Problems;
import io.darter.operator.JoinTokenView;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Join tokens: kept as hashes, used up by compare-and-set so that two machines never share one use. */
@Component
public class JoinTokens {
    private static final String PREFIX = "darter1.";
    private static final String TRIED = "Joining a cluster";
    private static final int SECRET_BYTES = 32;
    private static final int TOKEN_CHARS_MAX = 8192;

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final SecureRandom random;
    private final JsonMapper json;

    JoinTokens(JdbcClient jdbc, InstantSource clock, SecureRandom random, JsonMapper json) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.random = random;
        this.json = json;
    }

    /** What is inside a token's text. */
    record Contents(String id, String secret, String ca, List<String> servers) {
        @Override
        public String toString() {
            return "token " + id;
        }
    }

    /** A token as the database knows it. */
    record Stored(String id, String clusterId, String role, byte[] secretHash, boolean revoked, Instant expiresAt) {}

    /** @return the token's id and its text, which nobody can see again */
    Created create(
            Cluster cluster, String role, int uses, Duration validity, String fingerprint, List<String> servers) {
        String id = new RandomIds(random).next("t-");
        byte[] secretBytes = new byte[SECRET_BYTES];
        random.nextBytes(secretBytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(secretBytes);
        Instant now = clock.instant();
        jdbc.sql("INSERT INTO join_tokens (id, cluster_id, role, secret_hash, uses_left, created_at_millis,"
                        + " expires_at_millis) VALUES (?, ?, ?, ?, ?, ?, ?)")
                .params(
                        id,
                        cluster.id(),
                        role,
                        hash(secret),
                        uses,
                        now.toEpochMilli(),
                        now.plus(validity).toEpochMilli())
                .update();
        byte[] text = json.writeValueAsBytes(new Contents(id, secret, fingerprint, servers));
        return new Created(id, PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(text));
    }

    record Created(String id, String text) {
        @Override
        public String toString() {
            return "token " + id;
        }
    }

    /** The token, if it is genuine, in time and not used up; nothing is used yet. */
    Stored check(String token) {
        Contents contents = parse(json, token);
        Stored stored = find(contents.id())
                .filter(candidate -> MessageDigest.isEqual(candidate.secretHash(), hash(contents.secret())))
                .orElseThrow(JoinTokens::unknown);
        if (stored.revoked()) {
            throw Problems.exception(
                    "JOIN_TOKEN_UNKNOWN",
                    403,
                    TRIED,
                    "the join token " + stored.id() + " was revoked",
                    "Ask an administrator for a new one (console: Join tokens)");
        }
        if (!stored.expiresAt().isAfter(clock.instant())) {
            throw Problems.exception(
                    "JOIN_TOKEN_EXPIRED",
                    403,
                    TRIED,
                    "the join token " + stored.id() + " expired at " + stored.expiresAt(),
                    "Ask an administrator for a new one (console: Join tokens)");
        }
        return stored;
    }

    /** Takes one use of the token. */
    void use(Stored token) {
        int taken = jdbc.sql("UPDATE join_tokens SET uses_left = uses_left - 1 WHERE id = ? AND uses_left > 0"
                        + " AND revoked = FALSE AND expires_at_millis > ?")
                .params(token.id(), clock.millis())
                .update();
        if (taken == 0) {
            throw Problems.exception(
                    "JOIN_TOKEN_USED",
                    403,
                    TRIED,
                    "every use of the join token " + token.id() + " is taken",
                    "Ask an administrator for a new one (console: Join tokens)");
        }
    }

    boolean revoke(String id) {
        return jdbc.sql("UPDATE join_tokens SET revoked = TRUE WHERE id = ?")
                        .param(id)
                        .update()
                == 1;
    }

    /** The newest 1000 of those clusters. */
    List<JoinTokenView> views(Collection<String> clusterIds) {
        if (clusterIds.isEmpty()) {
            return List.of();
        }
        return jdbc.sql("SELECT t.id, c.name, t.role, t.uses_left, t.revoked, t.created_at_millis, t.expires_at_millis"
                        + " FROM join_tokens t JOIN clusters c ON c.id = t.cluster_id"
                        + " WHERE t.cluster_id IN (:clusters) ORDER BY t.created_at_millis DESC, t.id LIMIT 1000")
                .param("clusters", clusterIds)
                .query((row, n) -> view(row))
                .list();
    }

    Optional<JoinTokenView> view(String id) {
        return jdbc.sql("SELECT t.id, c.name, t.role, t.uses_left, t.revoked, t.created_at_millis, t.expires_at_millis"
                        + " FROM join_tokens t JOIN clusters c ON c.id = t.cluster_id WHERE t.id = ?")
                .param(id)
                .query((row, n) -> view(row))
                .optional();
    }

    private JoinTokenView view(ResultSet row) throws SQLException {
        Instant expiresAt = Instant.ofEpochMilli(row.getLong("expires_at_millis"));
        int usesLeft = row.getInt("uses_left");
        boolean usable = usesLeft > 0 && !row.getBoolean("revoked") && expiresAt.isAfter(clock.instant());
        return new JoinTokenView(
                row.getString("id"),
                row.getString("name"),
                row.getString("role"),
                usesLeft,
                Instant.ofEpochMilli(row.getLong("created_at_millis")),
                expiresAt,
                usable);
    }

    Optional<Stored> find(String id) {
        return jdbc.sql("SELECT id, cluster_id, role, secret_hash, revoked, expires_at_millis FROM join_tokens"
                        + " WHERE id = ?")
                .param(id)
                .query((row, n) -> new Stored(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBytes(4),
                        row.getBoolean(5),
                        Instant.ofEpochMilli(row.getLong(6))))
                .optional();
    }

    static Contents parse(JsonMapper json, String token) {
        if (!token.startsWith(PREFIX) || token.length() > TOKEN_CHARS_MAX) {
            throw unknown();
        }
        try {
            byte[] text = Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
            @Nullable Contents contents = json.readValue(text, Contents.class); // null for JSON's null
            if (contents == null || contents.id() == null || contents.secret() == null) {
                throw unknown();
            }
            return contents;
        } catch (IllegalArgumentException | JacksonException e) {
            throw unknown();
        }
    }

    private static RuntimeException unknown() {
        return Problems.exception(
                "JOIN_TOKEN_UNKNOWN",
                403,
                TRIED,
                "the join token is not one of this appliance",
                "Copy the whole token again, or ask an administrator for a new one (console: Join tokens)");
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
