package io.darter.agent.control;

import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.task.ContentSource;
import java.net.URI;
import java.util.Map;

/** An origin that says the same to everything. */
record OneAnswer(OriginClient.MetaResponse answer) implements OriginClient {
    @Override
    public PieceBody fetch(ContentSource source, long from, long to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MetaResponse meta(String method, URI url, String registry, String repository, Map<String, String> headers) {
        return answer;
    }

    @Override
    public Counters counters() {
        return new Counters(0, 0, 0);
    }
}
