package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.peer.TransferException;
import io.darter.agent.store.DiskFullException;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.net.URI;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Words for what goes wrong with a content. */
final class Failures {
    private static final String CODE_MARK = ": ";

    private Failures() {}

    /** A transfer from the origin that failed. */
    static DarterException ofOrigin(ContentSource source, TransferException e) {
        if (e.getCause() instanceof DarterException known) {
            return known;
        }
        ErrorCode code = isTls(e) ? ErrorCode.ORIGIN_TLS : originCode(e.reason(), e.status());
        return new DarterException(code, tried(source), String.valueOf(e.getMessage()), advice(code), e.status(), e);
    }

    /**
     * What the scheduler says when it gives up.
     *
     * @param detail of the node that tried: {@code CODE: words}, as {@link #detail} writes it
     */
    static DarterException ofGiveUp(ContentSource source, FailureReason reason, String detail, int status) {
        ErrorCode code = originCode(reason, status);
        String words = detail.isEmpty() ? "no node can deliver it (" + reason + ")" : detail;
        int mark = detail.indexOf(CODE_MARK);
        if (mark > 0) {
            for (ErrorCode known : ErrorCode.values()) {
                if (known.name().equals(detail.substring(0, mark))) {
                    code = known;
                    words = detail.substring(mark + CODE_MARK.length());
                }
            }
        }
        return new DarterException(code, tried(source), words, advice(code), status, null);
    }

    /** For the scheduler, which hands it to every node that waits. */
    static String detail(DarterException cause) {
        return cause.code() + CODE_MARK + cause.happened();
    }

    static DarterException ofPeer(ContentSource source, String peer, @Nullable Throwable cause, String happened) {
        return new DarterException(
                ErrorCode.NO_SOURCE,
                "Fetching " + source.url() + " from node " + peer,
                happened,
                advice(ErrorCode.NO_SOURCE),
                cause);
    }

    static DarterException ofStore(ContentSource source, IOException e) {
        ErrorCode code = e instanceof DiskFullException ? ErrorCode.DISK_FULL : ErrorCode.DISK_ERROR;
        return new DarterException(code, "Storing " + source.url(), String.valueOf(e.getMessage()), advice(code), e);
    }

    static DarterException digestMismatch(ContentSource source, String actualHex) {
        return new DarterException(
                ErrorCode.DIGEST_MISMATCH,
                tried(source),
                "the bytes have the digest sha256:" + actualHex + ", not " + source.digest(),
                advice(ErrorCode.DIGEST_MISMATCH));
    }

    /** Somebody between the origin and here lied; the content is fetched again, by another. */
    static DarterException sourceLied(ContentSource source) {
        return new DarterException(
                ErrorCode.SOURCE_LIED,
                tried(source),
                "another node fetched wrong bytes; they were thrown away and are fetched again",
                advice(ErrorCode.SOURCE_LIED));
    }

    static DarterException purged(ContentSource source) {
        return new DarterException(
                ErrorCode.CONTENT_PURGED,
                tried(source),
                "an operator purged this content from the cluster",
                advice(ErrorCode.CONTENT_PURGED));
    }

    static DarterException stopping(ContentSource source) {
        return new DarterException(
                ErrorCode.INTERRUPTED, tried(source), "the agent is stopping", "Ask again when it runs.");
    }

    static DarterException internal(ContentSource source, Throwable cause) {
        return new DarterException(
                ErrorCode.INTERNAL,
                tried(source),
                String.valueOf(cause),
                "See the agent's log; please report it.",
                cause);
    }

    static DarterException abandoned(ContentSource source) {
        return new DarterException(
                ErrorCode.INTERRUPTED, tried(source), "nobody waits for it any more", "Ask again to go on with it.");
    }

    /** Whether asking the origin again may help. */
    static boolean passing(FailureReason reason, DarterException cause) {
        int status = cause.originStatus();
        return switch (reason) {
            case STALLED, UNREACHABLE -> cause.code() != ErrorCode.ORIGIN_TLS;
            case ORIGIN_REFUSED -> status >= 500 || status == 429 || status == 408;
            case CORRUPT, MISSING, CHANGED, RETURNED -> false;
        };
    }

    private static ErrorCode originCode(FailureReason reason, int status) {
        if (status == 404 || status == 410) {
            return ErrorCode.CONTENT_NOT_FOUND;
        }
        if (status == 401 || status == 403) {
            return ErrorCode.ORIGIN_DENIED;
        }
        return switch (reason) {
            case CORRUPT -> ErrorCode.DIGEST_MISMATCH;
            case STALLED, UNREACHABLE -> ErrorCode.ORIGIN_UNREACHABLE;
            case ORIGIN_REFUSED -> ErrorCode.ORIGIN_REFUSED;
            case CHANGED -> ErrorCode.ORIGIN_CHANGED;
            case MISSING, RETURNED -> ErrorCode.NO_SOURCE;
        };
    }

    private static boolean isTls(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    private static String tried(ContentSource source) {
        return "Fetching " + shown(source.url());
    }

    /** Without user, password and query: those may be secrets. */
    private static String shown(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + "://" + url.getHost() + port + url.getRawPath();
    }

    private static String advice(ErrorCode code) {
        return switch (code) {
            case CONTENT_PURGED ->
                "Ask an operator why; lifting its tombstone (GET /api/v1/clusters/…/tombstones) allows it again.";
            case CONTENT_NOT_FOUND -> "Check the URL or the image's name.";
            case ORIGIN_DENIED -> "Set username and passwordFile for this host under registries in agent.yaml.";
            case ORIGIN_TLS ->
                "Set ca for this host under registries in agent.yaml, or correct the origin's certificate.";
            case ORIGIN_UNREACHABLE -> "Check that this machine reaches the origin, then ask again.";
            case ORIGIN_REFUSED -> "Ask the origin's operator, or ask again later.";
            case ORIGIN_CHANGED -> "Ask again: the new content is fetched from its start.";
            case DIGEST_MISMATCH -> "Check the digest; if it is right, do not trust this origin.";
            case SOURCE_LIED -> "Ask again.";
            case DISK_FULL -> "Make room under the agent's dataDir, or set a smaller quota.";
            case DISK_ERROR -> "Look at the disk of the agent's dataDir.";
            case NO_SOURCE -> "Ask again; if it stays so, look at the task in the console.";
            case INTERNAL,
                    USAGE,
                    CONFIG_INVALID,
                    CONFIG_UNKNOWN_KEY,
                    PORT_IN_USE,
                    JOIN_TOKEN_REFUSED,
                    CERTIFICATE_REFUSED,
                    APPLIANCE_UNREACHABLE,
                    AGENT_UNREACHABLE,
                    TIMEOUT,
                    INTERRUPTED -> "See the agent's log.";
        };
    }
}
