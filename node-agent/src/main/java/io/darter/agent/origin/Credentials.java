package io.darter.agent.origin;

import io.darter.agent.config.RegistrySettings;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is sent as Authorization: tokens of token services, kept until they expire, or the configured user and password.
 * In memory only.
 */
final class Credentials {
    private static final int TOKENS_MAX = 1024;
    private static final int LOCKS = 16;
    /** The Docker token protocol's default where the answer says nothing. */
    private static final long LIFE_SECONDS_DEFAULT = 60;
    /** A token is not used in its last seconds: it has to arrive valid. */
    private static final long MARGIN_SECONDS = 5;

    private final Registries registries;
    private final InstantSource clock;
    private final Map<String, Kept> kept = bounded();
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

    Credentials(Registries registries, InstantSource clock) {
        this.registries = registries;
        this.clock = clock;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    /** What worked for this repository before, if it is still valid. */
    Optional<String> known(String registry, String repository) {
        Instant now = clock.instant();
        synchronized (kept) {
            Kept entry = kept.get(name(registry, repository));
            return entry != null && entry.expires().isAfter(now) ? Optional.of(entry.header()) : Optional.empty();
        }
    }

    /**
     * The Authorization that answers a challenge; empty if there is none.
     *
     * @param refused what was sent and refused, empty if nothing was
     */
    Optional<String> answer(
            Challenge challenge, URI asked, String registry, String repository, Optional<String> refused, Ask ask)
            throws DarterException, InterruptedException {
        ReentrantLock lock = locks[Math.floorMod(name(registry, repository).hashCode(), LOCKS)];
        lock.lockInterruptibly();
        try {
            Optional<String> meanwhile = known(registry, repository);
            if (meanwhile.isPresent() && !meanwhile.equals(refused)) {
                return meanwhile;
            }
            Optional<Kept> fresh = challenge.scheme().equals("basic")
                    ? basic(registry).map(header -> new Kept(header, Instant.MAX))
                    : token(challenge, asked, registry, repository, ask);
            if (fresh.isEmpty() || refused.equals(fresh.map(Kept::header))) {
                return Optional.empty();
            }
            synchronized (kept) {
                kept.put(name(registry, repository), fresh.get());
            }
            return fresh.map(Kept::header);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Kept> token(Challenge challenge, URI asked, String registry, String repository, Ask ask)
            throws DarterException, InterruptedException {
        URI realm = realm(challenge, asked, registry);
        String scope = challenge.parameter("scope");
        if (scope.isEmpty() && !repository.isEmpty()) {
            scope = "repository:" + repository + ":pull";
        }
        String query = (realm.getRawQuery() == null ? "?" : "?" + realm.getRawQuery() + "&")
                + "service=" + encoded(challenge.parameter("service"))
                + (scope.isEmpty() ? "" : "&scope=" + encoded(scope));
        URI url = URI.create(realm.getScheme() + "://" + realm.getRawAuthority() + realm.getRawPath() + query);
        OriginClient.MetaResponse response = ask.ask(url, basic(registry));
        if (response.status() != 200) {
            if (response.status() >= 400 && response.status() < 404) {
                return Optional.empty();
            }
            throw new DarterException(
                    ErrorCode.ORIGIN_REFUSED,
                    "Getting a token from " + Registries.shown(url),
                    "it answered status " + response.status(),
                    "Try again later; check the registry's health.",
                    response.status(),
                    null);
        }
        return Optional.of(parse(url, response.body()));
    }

    /** Not every token service takes a plus for a space. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private URI realm(Challenge challenge, URI asked, String registry) throws DarterException {
        String text = challenge.parameter("realm");
        try {
            URI realm = URI.create(text);
            if (Challenge.mayAsk(realm, asked, registries.of(registry).plainHttp())) {
                return realm;
            }
        } catch (IllegalArgumentException notAUrl) {
            // Refused below, in words.
        }
        throw new DarterException(
                ErrorCode.ORIGIN_DENIED,
                "Authenticating at " + asked.getRawAuthority(),
                "it names the token service \"" + text + "\", which is not of the same domain or not https",
                "If that is right for this registry, give the registry's real address as url under registries.",
                401,
                null);
    }

    private Kept parse(URI url, byte[] body) throws DarterException {
        try {
            Json answer = Json.parse(new String(body, StandardCharsets.UTF_8));
            String token = answer.get("token")
                    .text()
                    .or(() -> answer.get("access_token").text())
                    .orElse("");
            if (!token.matches("[\\x21-\\x7e]+")) {
                throw new IllegalArgumentException("no token in it");
            }
            long life = Math.max(0, answer.get("expires_in").number().orElse(LIFE_SECONDS_DEFAULT));
            Instant expires = clock.instant().plusSeconds(Math.max(1, Math.min(life, 86_400) - MARGIN_SECONDS));
            return new Kept("Bearer " + token, expires);
        } catch (RuntimeException e) {
            throw new DarterException(
                    ErrorCode.ORIGIN_REFUSED,
                    "Getting a token from " + Registries.shown(url),
                    "the answer is not a token",
                    "Check the registry's authentication.");
        }
    }

    /** The configured user and password of this registry; read anew each time, since files are rotated. */
    private Optional<String> basic(String registry) throws DarterException {
        RegistrySettings settings = registries.of(registry);
        if (settings.username().isEmpty() || settings.passwordFile().isEmpty()) {
            return Optional.empty();
        }
        try {
            String password = Files.readString(settings.passwordFile().get()).strip();
            byte[] pair = (settings.username() + ":" + password).getBytes(StandardCharsets.UTF_8);
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Reading the password of " + registry + " from "
                            + settings.passwordFile().get(),
                    String.valueOf(e.getMessage()),
                    "Make the file readable for the agent.",
                    e);
        }
    }

    private static String name(String registry, String repository) {
        return registry + "\n" + repository;
    }

    private static Map<String, Kept> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
                return size() > TOKENS_MAX;
            }
        };
    }

    /** Asks a token service. */
    interface Ask {
        OriginClient.MetaResponse ask(URI url, Optional<String> authorization)
                throws DarterException, InterruptedException;
    }

    private record Kept(String header, Instant expires) {
        @Override
        public String toString() {
            return "*** until " + expires;
        }
    }
}
