package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import java.net.URI;
import java.util.Map;
import java.util.function.LongSupplier;

/** The origin, with a note of what it answers to a download. */
record TracedOrigin(OriginClient origin, TaskTrace trace, LongSupplier nanoTime) implements OriginClient {
    @Override
    public PieceBody fetch(ContentSource source, long from, long to) throws TransferException, InterruptedException {
        return fetch(source, from, to, _ -> {});
    }

    @Override
    public PieceBody fetch(ContentSource source, long from, long to, Busy busy)
            throws TransferException, InterruptedException {
        long since = nanoTime.getAsLong();
        PieceBody body = origin.fetch(source, from, to, busy);
        long now = nanoTime.getAsLong();
        trace.originAnswered(body.answer(), now - since, now);
        return body;
    }

    @Override
    public MetaResponse meta(String method, URI url, String registry, String repository, Map<String, String> headers)
            throws DarterException, InterruptedException {
        return origin.meta(method, url, registry, repository, headers);
    }

    @Override
    public MetaResponse look(URI url, String registry, String repository, Map<String, String> headers)
            throws DarterException, InterruptedException {
        return origin.look(url, registry, repository, headers);
    }

    @Override
    public boolean anonymous(ContentSource source) {
        return origin.anonymous(source);
    }

    @Override
    public Counters counters() {
        return origin.counters();
    }
}
