package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.store.Sha256;
import io.darter.agent.task.ContentSource;
import io.darter.swarm.ContentKey;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out what is behind a URL now: its size and what makes it the same content for everybody. */
final class FileResolver {
    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes 0-0/(\\d{1,18})");

    private final FilteredQuery filter;
    private final OriginClient origin;
    private final MetaDesk desk;
    private final Function<ContentKey, OptionalLong> publicBytes;

    /** @param publicBytes the size of what is whole on this node and everybody may have */
    FileResolver(
            OriginClient origin, MetaDesk desk, FilteredQuery filter, Function<ContentKey, OptionalLong> publicBytes) {
        this.filter = filter;
        this.origin = origin;
        this.desk = desk;
        this.publicBytes = publicBytes;
    }

    /**
     * What was found.
     *
     * @param source of size -1 where the origin does not say the size
     * @param task the name a person knows it by: the URL without its signature
     * @param lasting false where nothing proves that a later content of this URL is the same: it is shared among those
     *     who ask while it is being downloaded, and not kept
     */
    record Resolved(ContentSource source, String task, boolean lasting) {}

    /** @param tag keeps contents of one URL apart; empty for none; a digest is one content whatever its tag */
    Resolved resolve(FileUrl file, String tag) throws DarterException, InterruptedException {
        MetaResponse answer;
        try {
            // By the whole URL: whether this signature is good is the origin's to say.
            answer = desk.get("HEAD " + file.url(), FRESH, () -> probe(file));
        } catch (DarterException e) {
            return withoutOrigin(file, e);
        }
        refuseErrors(file.url(), answer);
        Map<String, String> headers = answer.headers();
        String etag = headers.getOrDefault("etag", "");
        String lastModified = headers.getOrDefault("last-modified", "");
        long sizeBytes = size(headers.get("content-length"));
        boolean ranges = headers.getOrDefault("accept-ranges", "").equalsIgnoreCase("bytes")
                || !file.registry().isEmpty();
        String task = unsigned(file.url().toString());
        String identity =
                task + (tag.isEmpty() ? "" : "\ntag " + tag) + "\n" + etag + "\n" + lastModified + "\n" + sizeBytes;
        ContentKey key = ContentKey.ofSha256Hex(
                file.digest().isEmpty()
                        ? HexFormat.of().formatHex(Sha256.of(identity.getBytes(StandardCharsets.UTF_8)))
                        : file.digest().substring("sha256:".length()));
        boolean lasting = !file.digest().isEmpty() || !etag.isEmpty() || !lastModified.isEmpty();
        ContentSource source = new ContentSource(
                key,
                sizeBytes,
                file.digest(),
                ranges,
                file.url(),
                file.registry(),
                file.repository(),
                // A weak validator says that two answers mean the same, not that their bytes are the same.
                etag.startsWith("W/") ? "" : etag,
                lastModified);
        return new Resolved(source, task, lasting);
    }

    /** What a digest names is the same whatever its origin would say, and what is public needs nobody's leave. */
    private Resolved withoutOrigin(FileUrl file, DarterException cause) throws DarterException {
        if (cause.code() != ErrorCode.ORIGIN_UNREACHABLE || file.digest().isEmpty()) {
            throw cause;
        }
        ContentKey key = ContentKey.ofSha256Hex(file.digest().substring("sha256:".length()));
        OptionalLong bytes = publicBytes.apply(key);
        if (bytes.isEmpty()) {
            throw cause;
        }
        ContentSource source = new ContentSource(
                key, bytes.getAsLong(), file.digest(), true, file.url(), file.registry(), file.repository(), "", "");
        return new Resolved(source, unsigned(file.url().toString()), true);
    }

    /** A URL as tasks are named by it; what is none, or has no query, stays as it is. */
    String unsigned(String text) {
        int query = text.indexOf('?');
        if (query < 0) {
            return text;
        }
        String kept = filter.filter(text.substring(query + 1));
        return text.substring(0, query) + (kept.isEmpty() ? "" : "?" + kept);
    }

    /**
     * HEAD; where that is refused (signed URLs often are for GET only) or does not say the length (archives that a server
     * makes while it sends them), a GET of one byte, of which the body is not read where the server would send all.
     */
    private MetaResponse probe(FileUrl file) throws DarterException, InterruptedException {
        MetaResponse head = origin.meta("HEAD", file.url(), file.registry(), file.repository(), Map.of());
        boolean good = head.status() < 400;
        if (good && head.headers().containsKey("content-length")) {
            return head;
        }
        if (head.status() == 404 || head.status() == 410 || head.status() == 401) {
            return head;
        }
        MetaResponse first = origin.look(file.url(), file.registry(), file.repository(), Map.of("Range", "bytes=0-0"));
        if (good && first.status() >= 400) {
            return head;
        }
        if (first.status() != 206) {
            return first;
        }
        Map<String, String> headers = new HashMap<>(first.headers());
        Matcher range = CONTENT_RANGE.matcher(headers.getOrDefault("content-range", ""));
        headers.remove("content-length");
        if (range.matches()) {
            headers.put("content-length", range.group(1));
        }
        headers.put("accept-ranges", "bytes");
        return new MetaResponse(200, headers, new byte[0]);
    }

    static void refuseErrors(URI url, MetaResponse answer) throws DarterException {
        int status = answer.status();
        if (status == 200) {
            return;
        }
        String tried = "Asking " + url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
        String happened = "the origin answered " + status;
        throw switch (status) {
            case 404, 410 ->
                new DarterException(ErrorCode.CONTENT_NOT_FOUND, tried, happened, "Check the URL.", status, null);
            case 401, 403 ->
                new DarterException(
                        ErrorCode.ORIGIN_DENIED,
                        tried,
                        happened,
                        "Set username and passwordFile for this host under registries in agent.yaml.",
                        status,
                        null);
            default ->
                new DarterException(
                        ErrorCode.ORIGIN_REFUSED, tried, happened, "Ask the origin's operator.", status, null);
        };
    }

    private static long size(@Nullable String contentLength) {
        try {
            return contentLength == null ? -1 : Long.parseLong(contentLength);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
