package io.darter.appliance.access;

import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.operator.Problems;
import io.darter.operator.ApiTokenCreated;
import io.darter.operator.ApiTokenView;
import io.darter.operator.Grant;
import io.darter.operator.Me;
import io.darter.operator.NewApiToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** The caller, and the caller's own API tokens. Each change and its entry in the audit are one transaction. */
@Service
public class ApiTokenDesk {
    private static final int NAME_CHARS_MAX = 100;
    private static final int TOKENS_MAX = 100;
    private static final long SECONDS_MIN = 60;
    private static final long SECONDS_MAX = Duration.ofDays(366).toSeconds();

    private final ApiTokens tokens;
    private final GrantWords words;
    private final AuditLog audit;
    private final TransactionOperations transactions;
    private final InstantSource clock;

    ApiTokenDesk(
            ApiTokens tokens,
            GrantWords words,
            AuditLog audit,
            TransactionOperations transactions,
            InstantSource clock) {
        this.tokens = tokens;
        this.words = words;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
    }

    public Me caller() {
        Caller caller = Caller.current();
        return new Me(caller.user(), caller.token(), words.write(caller.grants()));
    }

    public List<ApiTokenView> list() {
        return tokens.of(Caller.current().user()).stream().map(this::view).toList();
    }

    public ApiTokenCreated create(NewApiToken wish) {
        String tried = "Creating an API token";
        String name = wish.name() == null ? "" : wish.name().strip();
        if (name.isEmpty() || name.length() > NAME_CHARS_MAX || name.chars().anyMatch(Character::isISOControl)) {
            throw Problems.invalid(
                    tried, "the name is empty, too long or no text", "Use 1 to " + NAME_CHARS_MAX + " characters");
        }
        if (wish.validSeconds() < SECONDS_MIN || wish.validSeconds() > SECONDS_MAX) {
            throw Problems.invalid(
                    tried,
                    wish.validSeconds() + " s of validity are out of range",
                    "Use " + SECONDS_MIN + " to " + SECONDS_MAX + " seconds (366 days)");
        }
        Caller maker = Caller.current();
        Grants grants = words.read(wish.grants(), tried);
        if (grants.roles().isEmpty()) {
            throw Problems.invalid(tried, "the token may nothing", "Grant it a role in a cluster, or in every one (*)");
        }
        if (!grants.isWithin(maker.grants())) {
            throw Problems.exception(
                    "TOKEN_EXCEEDS_MAKER",
                    400,
                    tried,
                    "the token would have more rights than you have",
                    "Grant it at most what GET /api/v1/me shows");
        }
        return made(() -> {
            if (tokens.of(maker.user()).size() >= TOKENS_MAX) {
                tokens.deleteUnusable(maker.user());
            }
            if (tokens.of(maker.user()).size() >= TOKENS_MAX) {
                throw Problems.exception(
                        "API_TOKENS_TOO_MANY",
                        409,
                        tried,
                        "you have " + TOKENS_MAX + " tokens that can be used",
                        "Revoke those that you do not need");
            }
            ApiTokens.Created created =
                    tokens.create(maker.user(), name, grants, Duration.ofSeconds(wish.validSeconds()));
            ApiTokenView view = view(own(created.id(), tried));
            audit.record("api-token.create", created.id(), Grant.EVERY_CLUSTER, null, view);
            return new ApiTokenCreated(view, created.text());
        });
    }

    public void revoke(String id) {
        String tried = "Revoking an API token";
        made(() -> {
            ApiTokens.Stored before = own(id, tried);
            tokens.revoke(id);
            ApiTokens.Stored after = own(id, tried);
            audit.record("api-token.revoke", id, Grant.EVERY_CLUSTER, view(before), view(after));
            return after;
        });
    }

    private interface Change<T> {
        T make();
    }

    private <T> T made(Change<T> change) {
        T made = transactions.execute(_ -> change.make());
        if (made == null) {
            throw new IllegalStateException("a change without an answer");
        }
        return made;
    }

    private ApiTokens.Stored own(String id, String tried) {
        return tokens.byId(id)
                .filter(token -> token.user().equals(Caller.current().user()))
                .orElseThrow(() -> Problems.exception(
                        "API_TOKEN_UNKNOWN",
                        404,
                        tried,
                        "you have no token '" + id + "'",
                        "Look for it in GET /api/v1/me/tokens"));
    }

    private ApiTokenView view(ApiTokens.Stored token) {
        return new ApiTokenView(
                token.id(),
                token.name(),
                words.write(token.grants()),
                Instant.ofEpochMilli(token.createdAtMillis()),
                Instant.ofEpochMilli(token.expiresAtMillis()),
                token.lastUsedAtMillis() == 0 ? null : Instant.ofEpochMilli(token.lastUsedAtMillis()),
                !token.revoked() && !token.expired(clock.millis()));
    }
}
