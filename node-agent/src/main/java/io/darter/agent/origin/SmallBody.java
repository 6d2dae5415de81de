package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.peer.TransferException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/** Reads answers that are small: manifests, tags, tokens. */
final class SmallBody {
    static final int BYTES_MAX = 4 << 20;

    private SmallBody() {}

    /** The whole answer; its bytes are counted. */
    static OriginClient.MetaResponse read(OriginResponse response, LongAdder counter)
            throws DarterException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer chunk = ByteBuffer.allocate(16 << 10);
        try {
            while (response.body().read(chunk) >= 0) {
                counter.add(chunk.position());
                bytes.write(chunk.array(), 0, chunk.position());
                chunk.clear();
                if (bytes.size() > BYTES_MAX) {
                    throw new DarterException(
                            ErrorCode.ORIGIN_REFUSED,
                            "Fetching " + Registries.shown(response.uri()),
                            "the answer is larger than 4 MiB, which no manifest is",
                            "Check the address.");
                }
            }
        } catch (TransferException e) {
            throw new DarterException(
                    ErrorCode.ORIGIN_UNREACHABLE,
                    "Fetching " + Registries.shown(response.uri()),
                    String.valueOf(e.getMessage()),
                    "Check the network and the registry's health.",
                    e);
        } finally {
            response.body().close();
        }
        return new OriginClient.MetaResponse(response.status(), response.firsts(), bytes.toByteArray());
    }

    /** An answer whose body, of any length, is not read. */
    static OriginClient.MetaResponse leave(OriginResponse response) {
        response.body().close();
        return new OriginClient.MetaResponse(response.status(), response.firsts(), new byte[0]);
    }
}
