package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.agent.task.ContentSource;
import io.darter.swarm.scheduling.FailureReason;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Origins over HTTP/1.1. */
public final class HttpOriginClient implements OriginClient, AutoCloseable {
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /** Who was told what an image is made of asks for the rest of it at once, or never: others fetch it. */
    static final Duration KEPT_AFTER_WORDS = Duration.ofMillis(100);
    /** Who fetches has the next lease before the last one is over. */
    private static final Duration KEPT_AFTER_CONTENT = Duration.ofSeconds(1);

    private final Registries registries;
    private final OriginHttp http;
    private final OriginCalls calls;
    private final Pace pace;
    private final LongAdder contentBytes = new LongAdder();
    private final LongAdder metaBytes = new LongAdder();
    private final LongAdder requests = new LongAdder();

    /** Holds whoever reads a content until its next bytes may pass; the origin is not read meanwhile. Blocks the (virtual) thread. */
    public interface Pace {
        void acquire(int bytes) throws InterruptedException;
    }

    /**
     * @param network must outlive this
     * @param pace of contents; manifests and other words are small and are not held up
     */
    public HttpOriginClient(Registries registries, OriginNetwork network, Pace pace, InstantSource clock) {
        this(registries, new OriginHttp(network, OriginConnector::resolve), pace, clock, STALL, Thread::sleep);
    }

    /** @param http is closed with this */
    HttpOriginClient(
            Registries registries,
            OriginHttp http,
            Pace pace,
            InstantSource clock,
            Duration stall,
            OriginCalls.Pause pause) {
        this.registries = registries;
        this.http = http;
        this.pace = pace;
        this.calls = new OriginCalls(registries, http, clock, stall, pause, requests, metaBytes);
    }

    @Override
    public boolean anonymous(ContentSource source) {
        URI url = source.url();
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawAuthority() == null) {
            return false; // whoever knows such a URL may have been given it in confidence
        }
        String host = source.registry().isEmpty() ? url.getRawAuthority() : source.registry();
        return registries.of(host).username().isEmpty();
    }

    @Override
    public PieceBody fetch(ContentSource source, long from, long to) throws TransferException, InterruptedException {
        return fetch(source, from, to, _ -> {});
    }

    @Override
    public PieceBody fetch(ContentSource source, long from, long to, Busy busy)
            throws TransferException, InterruptedException {
        OriginCalls.Answer answer;
        try {
            answer = calls.make(
                    call(
                            "GET",
                            source.url(),
                            source.registry(),
                            source.repository(),
                            asks(source, from, to),
                            KEPT_AFTER_CONTENT),
                    busy);
        } catch (DarterException e) {
            FailureReason reason =
                    e.code() == ErrorCode.ORIGIN_UNREACHABLE ? FailureReason.UNREACHABLE : FailureReason.ORIGIN_REFUSED;
            throw new TransferException(reason, String.valueOf(e.getMessage()), e.originStatus(), e);
        }
        OriginResponse response = answer.response();
        boolean good = false;
        try {
            PieceBody body = body(source, from, to, response, answer.words());
            good = true;
            return body;
        } finally {
            if (!good) {
                response.body().close();
            }
        }
    }

    private static Map<String, String> asks(ContentSource source, long from, long to) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (source.rangesSupported() && (from > 0 || to < source.sizeBytes())) {
            headers.put("Range", "bytes=" + from + "-" + (to - 1));
        }
        if (!source.etag().isEmpty() && !source.etag().startsWith("W/")) {
            headers.put("If-Match", source.etag());
        } else if (!source.lastModified().isEmpty()) {
            headers.put("If-Unmodified-Since", source.lastModified());
        }
        return headers;
    }

    private PieceBody body(ContentSource source, long from, long to, OriginResponse response, String answer)
            throws TransferException {
        int status = response.status();
        if (status == 412 || status == 416) {
            throw changed(response, "the origin refuses the condition or the range");
        }
        if (status != 200 && status != 206) {
            throw new TransferException(
                    FailureReason.ORIGIN_REFUSED, shown(response) + " answered status " + status, status, null);
        }
        requireUnchanged(source, response);
        requireIdentity(response);
        long skip = status == 206 ? requireRange(source, from, to, response) : from;
        long length = source.sizeBytes() < 0 ? OriginBody.TO_THE_END : to - from;
        return new OriginBody(response.body(), contentBytes, pace, skip, length, answer);
    }

    private static void requireUnchanged(ContentSource source, OriginResponse response) throws TransferException {
        String etag = response.header("ETag").orElse("");
        if (!source.etag().isEmpty() && !etag.isEmpty() && !etag.equals(source.etag())) {
            throw changed(response, "the ETag is another");
        }
        String modified = response.header("Last-Modified").orElse("");
        if (!source.lastModified().isEmpty() && !modified.isEmpty() && !modified.equals(source.lastModified())) {
            throw changed(response, "Last-Modified is another");
        }
        String length = response.header("Content-Length").orElse("");
        boolean known = source.sizeBytes() >= 0 && !length.isEmpty();
        if (response.status() == 200 && known && !length.equals(Long.toString(source.sizeBytes()))) {
            throw changed(response, "it has " + length + " bytes instead of " + source.sizeBytes());
        }
    }

    private static void requireIdentity(OriginResponse response) throws TransferException {
        String encoding = response.header("Content-Encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw new TransferException(
                    FailureReason.ORIGIN_REFUSED,
                    shown(response) + " answered in encoding " + encoding + " though identity was asked for",
                    response.status(),
                    null);
        }
    }

    /** Bytes to skip before {@code from}: an origin may answer with a wider range. */
    private static long requireRange(ContentSource source, long from, long to, OriginResponse response)
            throws TransferException {
        String text = response.header("Content-Range").orElse("");
        Matcher range = CONTENT_RANGE.matcher(text);
        if (!range.matches()) {
            throw wrongRange(response, text);
        }
        String total = range.group(3);
        if (!total.equals("*") && Long.parseLong(total) != source.sizeBytes()) {
            throw changed(response, "it has " + total + " bytes instead of " + source.sizeBytes());
        }
        long first = Long.parseLong(range.group(1));
        long last = Long.parseLong(range.group(2));
        if (first > from || last < to - 1) {
            throw wrongRange(response, text);
        }
        return from - first;
    }

    private static TransferException wrongRange(OriginResponse response, String text) {
        return new TransferException(
                FailureReason.ORIGIN_REFUSED,
                shown(response) + " answered with another range (" + text + ")",
                response.status(),
                null);
    }

    private static TransferException changed(OriginResponse response, String how) {
        String message = shown(response) + " changed: " + how;
        return new TransferException(FailureReason.CHANGED, message, response.status(), null);
    }

    private static String shown(OriginResponse response) {
        return Registries.shown(response.uri());
    }

    @Override
    public MetaResponse meta(String method, URI url, String registry, String repository, Map<String, String> headers)
            throws DarterException, InterruptedException {
        return SmallBody.read(
                calls.make(call(method, url, registry, repository, headers, KEPT_AFTER_WORDS))
                        .response(),
                metaBytes);
    }

    @Override
    public MetaResponse look(URI url, String registry, String repository, Map<String, String> headers)
            throws DarterException, InterruptedException {
        return SmallBody.leave(calls.make(call("GET", url, registry, repository, headers, KEPT_AFTER_WORDS))
                .response());
    }

    private OriginCalls.Call call(
            String method, URI url, String registry, String repository, Map<String, String> headers, Duration kept) {
        String whose = registry.isEmpty() ? String.valueOf(url.getRawAuthority()) : registry;
        return new OriginCalls.Call(method, registries.locate(url, registry), whose, repository, headers, kept);
    }

    @Override
    public Counters counters() {
        return new Counters(contentBytes.sum(), metaBytes.sum(), requests.sum());
    }

    @Override
    public void close() {
        http.close();
    }
}
