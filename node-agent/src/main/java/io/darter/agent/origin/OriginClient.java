package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.agent.task.ContentSource;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Talks to registries and HTTP servers; counts every byte and request. Safe for use by many threads. */
public interface OriginClient {
    /**
     * Bytes {@code [from, to)} of a content. Asks for exactly that range (unless it is the whole), identity encoding, on
     * condition of the validators. A server that answers 200 to a range request is read from the start and {@code from}
     * bytes are skipped (and counted). Of a source of unknown length (less than zero) all comes until the origin ends it,
     * whatever {@code to} says; {@code from} is 0 then.
     *
     * @throws TransferException ORIGIN_REFUSED with the status, CHANGED, UNREACHABLE or STALLED
     */
    PieceBody fetch(ContentSource source, long from, long to) throws TransferException, InterruptedException;

    /** @param busy hears that the origin has too much to do, before this thread waits and asks again */
    default PieceBody fetch(ContentSource source, long from, long to, Busy busy)
            throws TransferException, InterruptedException {
        return fetch(source, from, to);
    }

    /** An origin said 429 or 503. */
    interface Busy {
        /** @param pause until it is asked again */
        void told(Duration pause);
    }

    /**
     * A manifest, tag, HEAD or other small answer (up to 4 MiB): status, headers and body as the origin gave them after
     * redirects and authentication. Any HTTP status is an answer, not an exception.
     *
     * @param registry whose settings and credentials apply, {@code host[:port]}; empty for a file's URL
     * @param headers to send, for example Accept
     */
    MetaResponse meta(String method, URI url, String registry, String repository, Map<String, String> headers)
            throws DarterException, InterruptedException;

    /** Status and headers of the answer to a GET of which nobody reads the body; it may have any length. */
    default MetaResponse look(URI url, String registry, String repository, Map<String, String> headers)
            throws DarterException, InterruptedException {
        return meta("GET", url, registry, repository, headers);
    }

    /** Whether this node shows nobody's credentials to get the content: everybody may have it. */
    default boolean anonymous(ContentSource source) {
        return false;
    }

    Counters counters();

    /** @param headers lower-case names */
    record MetaResponse(int status, Map<String, String> headers, byte[] body) {}

    /** Since the agent's start. */
    record Counters(long contentBytes, long metaBytes, long requests) {}
}
