package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final OriginConnections connections;
    private final Credentials credentials;
    private final InstantSource clock;
    private final Duration stall;
    private final Pause pause;
    private final LongAdder requests;
    private final LongAdder metaBytes;

    OriginCalls(
            Registries registries,
            OriginConnections connections,
            InstantSource clock,
            Duration stall,
            Pause pause,
            LongAdder requests,
            LongAdder metaBytes) {
        this.registries = registries;
        this.connections = connections;
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
     */
    record Call(String method, URI url, String registry, String repository, Map<String, String> headers) {}

    /**
     * What came of a call.
     *
     * @param busy how often the origin said 429 or 503 before
     */
    record Answer(HttpResponse<BodyQueue> response, URI asked, int busy) {
        /** For a person: status, redirects to other hosts, how often it was busy. */
        String words() {
            String text = "status " + response.statusCode();
            if (!sameOrigin(response.uri(), asked)) {
                text += ", redirected to " + response.uri().getRawAuthority();
            }
            return busy == 0 ? text : text + ", after it said " + busy + " times that it is busy (429 or 503)";
        }
    }

    /** Makes the call, waiting and trying again while the origin is busy; the answer's body is to be closed. */
    Answer make(Call call) throws DarterException, InterruptedException {
        int busy = 0;
        while (true) {
            HttpResponse<BodyQueue> response = authorised(call);
            if (response.statusCode() != 429 && response.statusCode() != 503) {
                return new Answer(response, call.url(), busy);
            }
            Optional<Duration> time = pause(response, busy++);
            if (busy > BUSY_RETRIES || time.isEmpty()) {
                return new Answer(response, call.url(), busy);
            }
            response.body().close();
            pause.last(time.get());
        }
    }

    /** How long the origin wants to be left alone; empty if that is too long to wait. */
    private Optional<Duration> pause(HttpResponse<?> response, int tried) {
        Optional<String> header = response.headers().firstValue("Retry-After");
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

    private HttpResponse<BodyQueue> authorised(Call call) throws DarterException, InterruptedException {
        Optional<String> sent = credentials.known(call.registry(), call.repository());
        HttpResponse<BodyQueue> response = redirected(call, sent);
        boolean challenged = response.statusCode() == 401 && sameOrigin(response.uri(), call.url());
        Optional<Challenge> challenge =
                challenged ? Challenge.of(response.headers().allValues("WWW-Authenticate")) : Optional.empty();
        if (challenge.isEmpty()) {
            return response;
        }
        Optional<String> answer = credentials.answer(
                challenge.get(), call.url(), call.registry(), call.repository(), sent, this::askTokenService);
        if (answer.isEmpty()) {
            return response;
        }
        response.body().close();
        return redirected(call, answer);
    }

    private OriginClient.MetaResponse askTokenService(URI url, Optional<String> authorization)
            throws DarterException, InterruptedException {
        String host = url.getRawAuthority();
        HttpResponse<BodyQueue> response =
                redirected(new Call("GET", url, host, "", Map.of("Accept", "application/json")), authorization);
        return SmallBody.read(response, metaBytes);
    }

    private HttpResponse<BodyQueue> redirected(Call call, Optional<String> authorization)
            throws DarterException, InterruptedException {
        URI url = call.url();
        for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
            registries.requireAllowed(url, call.registry());
            Optional<String> here = sameOrigin(url, call.url()) ? authorization : Optional.empty();
            HttpResponse<BodyQueue> response = sent(call, url, here);
            Optional<String> location = response.headers().firstValue("Location");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
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

    private HttpResponse<BodyQueue> sent(Call call, URI url, Optional<String> authorization)
            throws DarterException, InterruptedException {
        HttpRequest request = request(call, url, authorization);
        Optional<java.nio.file.Path> ca = sameOrigin(url, call.url())
                ? registries.of(call.registry()).ca()
                : registries.of(url.getRawAuthority()).ca();
        for (int tried = 0; ; tried++) {
            try {
                requests.increment();
                return connections
                        .client(ca, !"http".equalsIgnoreCase(url.getScheme()))
                        .send(request, _ -> new BodyQueue(stall));
            } catch (SSLException e) {
                throw new DarterException(
                        ErrorCode.ORIGIN_TLS,
                        "Connecting to " + url.getRawAuthority(),
                        "TLS failed: " + e.getMessage(),
                        "Give the registry's CA as ca under registries; check the clock.",
                        e);
            } catch (IllegalArgumentException e) {
                // The JDK's word for a header of the answer that it needs and cannot read.
                throw notHttp(url, "it answered something that is not HTTP", e);
            } catch (IOException e) {
                if (tried >= CONNECT_RETRIES) {
                    throw unreachable(url, e);
                }
                pause.last(Duration.ofMillis(200L << tried));
            }
        }
    }

    private HttpRequest request(Call call, URI url, Optional<String> authorization) throws DarterException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url)
                    .timeout(stall)
                    .header("Accept-Encoding", "identity")
                    .header("User-Agent", "darter-agent")
                    .method(call.method(), HttpRequest.BodyPublishers.noBody());
            call.headers().forEach(request::setHeader);
            authorization.ifPresent(header -> request.setHeader("Authorization", header));
            return request.build();
        } catch (IllegalArgumentException e) {
            // An address of its redirect, or a token of its token service.
            throw notHttp(url, "it says where to go or what to show in a form that no request can have", e);
        }
    }

    private static DarterException notHttp(URI url, String happened, IllegalArgumentException cause) {
        return new DarterException(
                ErrorCode.ORIGIN_REFUSED,
                "Fetching " + Registries.shown(url),
                happened,
                "Check what answers at this address.",
                cause);
    }

    private static DarterException unreachable(URI url, IOException cause) {
        String happened = cause instanceof HttpTimeoutException
                ? "no answer in time"
                : cause.getMessage() == null
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
