package io.darter.appliance.access;

import io.darter.appliance.keys.RandomIds;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * API tokens in the database. A token is 256 random bits; of it only the SHA-256 is kept. Unlike a password it cannot be
 * guessed, so a slow hash with a salt would add nothing but its cost to every request, and the index finds the row; for
 * the same reason wrong tokens are not counted. What is not of a token's form is not even looked up.
 */
@Component
class ApiTokens {
    static final String PREFIX = "darter_";

    private static final int SECRET_BYTES = 32;
    private static final Pattern FORM = Pattern.compile("darter_[A-Za-z0-9_-]{43}");
    private static final Duration USE_NOTED_EVERY = Duration.ofMinutes(1);
    private static final String SELECT = "SELECT t.id, t.user_name, t.name, t.revoked, t.created_at_millis,"
            + " t.expires_at_millis, t.last_used_at_millis, g.cluster_id, g.role"
            + " FROM api_tokens t LEFT JOIN api_token_grants g ON g.token_id = t.id";

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final SecureRandom random;

    ApiTokens(JdbcClient jdbc, InstantSource clock, SecureRandom random) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.random = random;
    }

    record Stored(
            String id,
            String user,
            String name,
            boolean revoked,
            long createdAtMillis,
            long expiresAtMillis,
            long lastUsedAtMillis,
            Grants grants) {
        boolean expired(long nowMillis) {
            return expiresAtMillis <= nowMillis;
        }
    }

    /** @param text the token itself, which nobody can see again */
    record Created(String id, String text) {
        @Override
        public String toString() {
            return "token " + id;
        }
    }

    Created create(String user, String name, Grants grants, Duration validity) {
        String id = new RandomIds(random).next("a-");
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        long nowMillis = clock.millis();
        jdbc.sql("INSERT INTO api_tokens (id, user_name, name, secret_hash, created_at_millis, expires_at_millis)"
                        + " VALUES (?, ?, ?, ?, ?, ?)")
                .params(id, user, name, hash(text), nowMillis, nowMillis + validity.toMillis())
                .update();
        grants.roles()
                .forEach((cluster, role) -> jdbc.sql(
                                "INSERT INTO api_token_grants (token_id, cluster_id, role) VALUES (?, ?, ?)")
                        .params(id, cluster, role.text())
                        .update());
        return new Created(id, text);
    }

    /** The token of that text, expired and revoked ones too. */
    Optional<Stored> find(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        return jdbc
                .sql(SELECT + " WHERE t.secret_hash = ?")
                .param(hash(text))
                .query((ResultSet rows) -> read(rows))
                .stream()
                .findFirst();
    }

    Optional<Stored> byId(String id) {
        return jdbc.sql(SELECT + " WHERE t.id = ?").param(id).query((ResultSet rows) -> read(rows)).stream()
                .findFirst();
    }

    /** The newest first. */
    List<Stored> of(String user) {
        return jdbc.sql(SELECT + " WHERE t.user_name = ? ORDER BY t.created_at_millis DESC, t.id")
                .param(user)
                .query((ResultSet rows) -> read(rows));
    }

    /** Notes that it was used, at most once a minute however often that is. */
    void used(Stored token) {
        long nowMillis = clock.millis();
        long before = nowMillis - USE_NOTED_EVERY.toMillis();
        if (token.lastUsedAtMillis() <= before) {
            jdbc.sql("UPDATE api_tokens SET last_used_at_millis = ? WHERE id = ? AND last_used_at_millis <= ?")
                    .params(nowMillis, token.id(), before)
                    .update();
        }
    }

    void revoke(String id) {
        jdbc.sql("UPDATE api_tokens SET revoked = TRUE WHERE id = ?").param(id).update();
    }

    /** Those of a user that can never be used again. */
    void deleteUnusable(String user) {
        jdbc.sql("DELETE FROM api_tokens WHERE user_name = ? AND (revoked = TRUE OR expires_at_millis <= ?)")
                .params(user, clock.millis())
                .update();
    }

    private static List<Stored> read(ResultSet rows) throws SQLException {
        Map<String, Stored> tokens = new LinkedHashMap<>();
        while (rows.next()) {
            Stored row = new Stored(
                    rows.getString(1),
                    rows.getString(2),
                    rows.getString(3),
                    rows.getBoolean(4),
                    rows.getLong(5),
                    rows.getLong(6),
                    rows.getLong(7),
                    Grants.stored(rows.getString(8), rows.getString(9)));
            tokens.merge(
                    row.id(),
                    row,
                    (one, other) -> new Stored(
                            one.id(),
                            one.user(),
                            one.name(),
                            one.revoked(),
                            one.createdAtMillis(),
                            one.expiresAtMillis(),
                            one.lastUsedAtMillis(),
                            one.grants().with(other.grants())));
        }
        return List.copyOf(tokens.values());
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
