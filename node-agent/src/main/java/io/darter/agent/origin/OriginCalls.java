package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;

/**
 * Calls to origins: authentication, redirects, bounded retries. A call's answer is whatever the origin finally says; no
 * answer at all is a DarterException.
 */
final class OriginCalls {
    private static final int REDIRECTS_MAX = 10;
    private static final int CONNECT_RETRIES = 2;
    private static final int BUSY_RETRIES = 4;
    private static final Duration RETRY_AFTER_MAX = Duration.ofMinutes(1);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Registries registries;
    private final OriginHttp http;
    private final Credentials credentials;
    private final InstantSource clock;
    private final Duration stall;
    private final Pause pause;
    private final LongAdder requests;
    private final LongAdder metaBytes;

    OriginCalls(
            Registries registries,
            OriginHttp http,
            InstantSource clock,
            Duration stall,
            Pause pause,
            LongAdder requests,
            LongAdder metaBytes) {
        this.registries = registries;
        this.http = http;
        this.credentials = new Credentials(registries, clock);
        this.clock = clock;
        this.stall = stall;
        this.pause = pause;
        this.requests = requests;
        this.metaBytes = metaBytes;
    }

    /** Between two attempts; blocks the (virtual) thread. */
    interface Pause {
        void last(Duration time) throws InterruptedException;
    }

    /**
     * What to ask.
     *
     * @param registry whose settings and credentials apply, never empty: of a file's URL its host
     * @param kept how long the connection waits for another request afterwards
     */
    record Call(
            String method, URI url, String registry, String repository, Map<String, String> headers, Duration kept) {}

    /**
     * What came of a call.
     *
     * @param busy how often the origin said 429 or 503 before
     */
    record Answer(OriginResponse response, URI asked, int busy) {
        /** For a person: status, redirects to other hosts, how often it was busy. */
        String words() {
            String text = "status " + response.status();
            if (!sameOrigin(response.uri(), asked)) {
                text += ", redirected to " + response.uri().getRawAuthority();
            }
            return busy == 0 ? text : text + ", after it said " + busy + " times that it is busy (429 or 503)";
        }
    }

    /** Makes the call, waiting and trying again while the origin is busy; the answer's body is to be closed. */
    Answer make(Call call) throws DarterException, InterruptedException {
        return make(call, _ -> {});
    }

    Answer make(Call call, OriginClient.Busy listener) throws DarterException, InterruptedException {
        int busy = 0;
        while (true) {
            OriginResponse response = authorised(call);
            if (response.status() != 429 && response.status() != 503) {
                return new Answer(response, call.url(), busy);
            }
            Optional<Duration> time = pause(response, busy++);
            listener.told(time.orElse(RETRY_AFTER_MAX));
            if (busy > BUSY_RETRIES || time.isEmpty()) {
                return new Answer(response, call.url(), busy);
            }
            response.body().close();
            pause.last(time.get());
        }
    }

    /** How long the origin wants to be left alone; empty if that is too long to wait. */
    private Optional<Duration> pause(OriginResponse response, int tried) {
        Optional<String> header = response.header("Retry-After");
        Duration time = Duration.ofMillis(500L << tried);
        if (header.isPresent()) {
            String text = header.get().strip();
            try {
                time = text.matches("\\d{1,9}")
                        ? Duration.ofSeconds(Long.parseLong(text))
                        : Duration.between(
                                clock.instant(),
                                ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                        .toInstant());
            } catch (DateTimeParseException e) {
                // Not understood: our own back-off.
            }
        }
        if (time.compareTo(RETRY_AFTER_MAX) > 0) {
            return Optional.empty();
        }
        return Optional.of(time.isNegative() ? Duration.ZERO : time);
    }

    private OriginResponse authorised(Call call) throws DarterException, InterruptedException {
        Optional<String> sent = credentials.known(call.registry(), call.repository());
        OriginResponse response = redirected(call, sent);
        boolean challenged = response.status() == 401 && sameOrigin(response.uri(), call.url());
        Optional<Challenge> challenge = challenged ? Challenge.of(response.all("WWW-Authenticate")) : Optional.empty();
        if (challenge.isEmpty()) {
            return response;
        }
        Optional<String> answer = Optional.empty();
        boolean refused = false;
        try {
            answer = credentials.answer(
                    challenge.get(), call.url(), call.registry(), call.repository(), sent, this::askTokenService);
            refused = answer.isEmpty();
        } finally {
            if (!refused) {
                response.body().close();
            }
        }
        return refused ? response : redirected(call, answer);
    }

    private OriginClient.MetaResponse askTokenService(URI url, Optional<String> authorization)
            throws DarterException, InterruptedException {
        String host = url.getRawAuthority();
        OriginResponse response = redirected(
                new Call("GET", url, host, "", Map.of("Accept", "application/json"), HttpOriginClient.KEPT_AFTER_WORDS),
                authorization);
        return SmallBody.read(response, metaBytes);
    }

    private OriginResponse redirected(Call call, Optional<String> authorization)
            throws DarterException, InterruptedException {
        URI url = call.url();
        for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
            registries.requireAllowed(url, call.registry());
            Optional<String> here = sameOrigin(url, call.url()) ? authorization : Optional.empty();
            OriginResponse response = sent(call, url, here);
            Optional<String> location = response.header("Location");
            if (!REDIRECTS.contains(response.status()) || location.isEmpty()) {
                return response;
            }
            response.body().close();
            url = next(url, location.get());
        }
        throw new DarterException(
                ErrorCode.ORIGIN_REFUSED,
                "Fetching " + Registries.shown(call.url()),
                "it redirects more than " + REDIRECTS_MAX + " times",
                "Check the server's redirects.");
    }

    private static URI next(URI from, String location) throws DarterException {
        try {
            return from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new DarterException(
                    ErrorCode.ORIGIN_REFUSED,
                    "Fetching " + Registries.shown(from),
                    "it redirects to something that is not an address",
                    "Check the server's redirects.");
        }
    }

    static boolean sameOrigin(URI one, URI other) {
        return String.valueOf(one.getScheme()).equalsIgnoreCase(String.valueOf(other.getScheme()))
                && String.valueOf(one.getRawAuthority()).equalsIgnoreCase(String.valueOf(other.getRawAuthority()));
    }

    private OriginResponse sent(Call call, URI url, Optional<String> authorization)
            throws DarterException, InterruptedException {
        OriginRequest request = request(call, url, authorization);
        Optional<java.nio.file.Path> ca = sameOrigin(url, call.url())
                ? registries.of(call.registry()).ca()
                : registries.of(url.getRawAuthority()).ca();
        for (int tried = 0; ; tried++) {
            try {
                requests.increment();
                return http.send(request, ca, stall);
            } catch (SSLException e) {
                throw new DarterException(
                        ErrorCode.ORIGIN_TLS,
                        "Connecting to " + url.getRawAuthority(),
                        "TLS failed: " + OriginTls.words(e),
                        "Give the registry's CA as ca under registries; check the clock.",
                        e);
            } catch (NotHttpException e) {
                throw notHttp(url, "it answered something that is not HTTP", e);
            } catch (IOException e) {
                if (tried >= CONNECT_RETRIES) {
                    throw unreachable(url, e);
                }
                pause.last(Duration.ofMillis(200L << tried));
            }
        }
    }

    private static OriginRequest request(Call call, URI url, Optional<String> authorization) throws DarterException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Accept-Encoding", "identity");
        headers.put("User-Agent", "darter-agent");
        headers.putAll(call.headers());
        authorization.ifPresent(header -> headers.put("Authorization", header));
        try {
            return new OriginRequest(call.method(), url, headers, call.kept());
        } catch (IllegalArgumentException e) {
            // An address of its redirect, or a token of its token service.
            throw notHttp(url, "it says where to go or what to show in a form that no request can have", e);
        }
    }

    private static DarterException notHttp(URI url, String happened, Exception cause) {
        return new DarterException(
                ErrorCode.ORIGIN_REFUSED,
                "Fetching " + Registries.shown(url),
                happened,
                "Check what answers at this address.",
                cause);
    }

    private static DarterException unreachable(URI url, IOException cause) {
        String happened = cause.getMessage() == null
                ? "no connection (" + cause.getClass().getSimpleName() + ")"
                : cause.getMessage();
        return new DarterException(
                ErrorCode.ORIGIN_UNREACHABLE,
                "Fetching " + Registries.shown(url),
                happened,
                "Check the address, name service, firewall and the registry's health.",
                cause);
    }
}
