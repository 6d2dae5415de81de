package io.darter.agent.origin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request and its answer. The asking thread waits for the head here and then reads the body; all else is the event loop's. */
final class OriginExchange implements BodyQueue.Flow {
    private static final int STATUS_MIN = 200;
    private static final int STATUS_MAX = 999;

    private final OriginRequest request;
    private final OriginConnection connection;
    private final BodyQueue body;
    private final CompletableFuture<HttpResponse> answered = new CompletableFuture<>();
    /** Event loop only. */
    private @Nullable HttpResponse head;

    OriginExchange(OriginRequest request, Duration stall, OriginConnection connection) {
        this.request = request;
        this.connection = connection;
        this.body = new BodyQueue(stall, this);
    }

    OriginRequest request() {
        return request;
    }

    /**
     * Blocks until the answer's head is here, for that long at most; ends the connection if it does not come.
     *
     * @throws ConnectionBrokeException if the connection ended before
     * @throws NotHttpException if something else than a head came
     */
    OriginResponse await(Duration most) throws IOException, InterruptedException {
        boolean good = false;
        try {
            HttpResponse response = answered.get(most.toNanos(), TimeUnit.NANOSECONDS);
            good = true;
            return new OriginResponse(response.status().code(), response.headers(), request.url(), body);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("no answer in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException known) {
                throw known;
            }
            throw new ConnectionBrokeException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!good) {
                body.close();
            }
        }
    }

    @Override
    public void more() {
        connection.more(this);
    }

    @Override
    public void cut() {
        connection.cut(this);
    }

    // ---- event loop ----

    BodyQueue body() {
        return body;
    }

    void head(HttpResponse response) throws NotHttpException {
        List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean plain = codings.isEmpty()
                || (codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()));
        int status = response.status().code();
        boolean ours = response.protocolVersion().protocolName().equals("HTTP")
                && response.protocolVersion().majorVersion() == 1;
        if (!plain || !ours || status < STATUS_MIN || status > STATUS_MAX) {
            throw new NotHttpException("an answer of " + response.protocolVersion() + " with status " + status
                    + (plain ? "" : " and transfer encoding " + codings));
        }
        head = response;
    }

    /** Whether only the end of the connection tells where the body ends. */
    boolean endsWithConnection() {
        return head != null
                && !request.isHead()
                && head.status().code() != 204
                && head.status().code() != 304
                && !HttpUtil.isTransferEncodingChunked(head)
                && !HttpUtil.isContentLengthSet(head);
    }

    /** Whether the connection may serve another request after this one. */
    boolean keepsConnection() {
        return head != null && HttpUtil.isKeepAlive(head) && !endsWithConnection();
    }

    /** Hands over what one read brought. If that was everything, the asking thread finds it complete when it wakes. */
    void flush() {
        body.flush();
        if (head != null) {
            answered.complete(head);
        }
    }

    void end() {
        body.end();
        flush();
    }

    void fail(IOException cause) {
        body.fail(cause);
        if (head == null) {
            answered.completeExceptionally(cause);
        } else {
            answered.complete(head);
        }
    }
}
