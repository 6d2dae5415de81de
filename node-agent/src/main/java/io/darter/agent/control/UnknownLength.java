package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.store.Sha256;
import io.darter.agent.task.ContentSource;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;

/**
 * Answers of which the origin does not say the length. They cannot be cut into pieces before their end is known, so each
 * caller's comes straight from the origin, whole, as the small answer that such an answer nearly always is (up to 4 MiB).
 */
final class UnknownLength {
    private final OriginClient origin;

    UnknownLength(OriginClient origin) {
        this.origin = origin;
    }

    void send(ContentSource source, HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        MetaResponse answer = origin.meta("GET", source.url(), source.registry(), source.repository(), Map.of());
        FileResolver.refuseErrors(source.url(), answer);
        String digest = "sha256:" + HexFormat.of().formatHex(Sha256.of(answer.body()));
        if (!source.digest().isEmpty() && !source.digest().equals(digest)) {
            throw new DarterException(
                    ErrorCode.DIGEST_MISMATCH,
                    "Fetching " + source.url(),
                    "the bytes have the digest " + digest + ", not " + source.digest(),
                    "Check the digest; if it is right, do not trust this origin.");
        }
        exchange.respond(200, Map.of("Content-Type", "application/octet-stream"), answer.body());
    }
}
