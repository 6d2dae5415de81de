package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.peer.TransferException;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Reads answers that are small: manifests, tags, tokens. */
final class SmallBody {
    static final int BYTES_MAX = 4 << 20;

    private SmallBody() {}

    /** The whole answer; its bytes are counted. */
    static OriginClient.MetaResponse read(HttpResponse<BodyQueue> response, LongAdder counter)
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
        return new OriginClient.MetaResponse(response.statusCode(), headers(response), bytes.toByteArray());
    }

    /** An answer whose body, of any length, is not read. */
    static OriginClient.MetaResponse leave(HttpResponse<BodyQueue> response) {
        response.body().close();
        return new OriginClient.MetaResponse(response.statusCode(), headers(response), new byte[0]);
    }

    private static Map<String, String> headers(HttpResponse<BodyQueue> response) {
        Map<String, String> headers = new TreeMap<>();
        response.headers()
                .map()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        return headers;
    }
}
