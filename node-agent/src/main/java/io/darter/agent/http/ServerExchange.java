package io.darter.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The exchange over a channel: all methods but {@link #clientGone} belong to the request's thread. */
final class ServerExchange implements HttpExchange {
    private static final Logger LOG = LoggerFactory.getLogger(ServerExchange.class);
    private static final long LINGER_MILLIS = 1_000;
    private static final int CHUNK_BYTES = 128 << 10;
    private static final int REGION_BYTES = 1 << 20;
    /** A file region takes no memory here, only a place in the queue: four of them fit. */
    private static final int REGION_COST_BYTES = 128 << 10;

    private final Channel channel;
    private final RateLimit upload;
    private final OutboundBudget budget;
    private final ServerRequest request;
    private @Nullable Thread thread;
    private boolean shielded;
    private boolean gone;

    private boolean started;
    private boolean chunked;
    private long remaining;
    private boolean cut;
    private boolean sendsRegions;

    ServerExchange(Channel channel, HttpServerSettings settings, OutboundBudget budget, ServerRequest request) {
        this.channel = channel;
        this.upload = settings.upload();
        this.budget = budget;
        this.request = request;
    }

    void runOn(Thread handlerThread) {
        thread = handlerThread;
        handlerThread.start();
    }

    /** Interrupts the handler, but not while it reads a shared file: that would close the file for everybody. */
    synchronized void clientGone() {
        gone = true;
        if (!shielded && thread != null) {
            thread.interrupt();
        }
    }

    private synchronized void shield() throws InterruptedException {
        if (gone || Thread.interrupted()) {
            throw new InterruptedException("the client is gone");
        }
        shielded = true;
    }

    private synchronized void unshield() {
        shielded = false;
        if (gone) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public String path() {
        String target = request.target();
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    @Override
    public String rawQuery() {
        int query = request.target().indexOf('?');
        return query < 0 ? "" : request.target().substring(query + 1);
    }

    @Override
    public Optional<String> query(String name) {
        List<String> values =
                new QueryStringDecoder(rawQuery(), false).parameters().get(name);
        return values == null ? Optional.empty() : Optional.of(values.getFirst());
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.headers().get(name));
    }

    @Override
    public byte[] body() {
        return request.body();
    }

    @Override
    public Optional<X509Certificate> peerCertificate() {
        return peerCertificate(channel);
    }

    /** Of the client at the other end, once it has shown one. */
    static Optional<X509Certificate> peerCertificate(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return Optional.empty();
        }
        try {
            return Optional.of((X509Certificate) tls.engine().getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    @Override
    public String client() {
        return String.valueOf(channel.remoteAddress());
    }

    @Override
    public boolean started() {
        return started;
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[] body) throws IOException, InterruptedException {
        start(status, headers, body.length);
        write(ByteBuffer.wrap(body));
    }

    @Override
    public void start(int status, Map<String, String> headers, long contentLength) {
        if (started) {
            throw new IllegalStateException("the answer has been started already");
        }
        DefaultHttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        headers.forEach(response.headers()::set);
        chunked = contentLength == UNKNOWN_LENGTH;
        if (chunked) {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else if (status != 204 && status != 304) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, contentLength);
        }
        if (!request.keepAlive()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        started = true;
        remaining = request.method().equals(HttpMethod.HEAD) ? 0 : Math.max(0, contentLength);
        channel.writeAndFlush(response);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException, InterruptedException {
        if (skipped(bytes.remaining())) {
            bytes.position(bytes.limit());
            return;
        }
        while (bytes.hasRemaining()) {
            int count = upload.chunkBytes(Math.min(bytes.remaining(), CHUNK_BYTES));
            admit(count, count);
            ByteBuf copy = channel.alloc().directBuffer(count, count);
            copy.writeBytes(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            send(copy, count, count);
        }
    }

    @Override
    public void writeFile(FileChannel file, long offset, long count) throws IOException, InterruptedException {
        if (skipped(count)) {
            return;
        }
        boolean regions = channel.pipeline().get(SslHandler.class) == null && !upload.limited();
        long at = offset;
        long end = offset + count;
        while (at < end) {
            if (regions) {
                int size = (int) Math.min(REGION_BYTES, end - at);
                admit(REGION_COST_BYTES, size);
                sendsRegions = true;
                send(new BorrowedFileRegion(file, at, size), REGION_COST_BYTES, size);
                at += size;
            } else {
                int size = upload.chunkBytes((int) Math.min(CHUNK_BYTES, end - at));
                admit(size, size);
                send(read(file, at, size), size, size);
                at += size;
            }
        }
    }

    @Override
    public void awaitFilesSent() throws IOException, InterruptedException {
        if (sendsRegions) {
            budget.awaitEmpty();
            sendsRegions = false;
        }
    }

    private ByteBuf read(FileChannel file, long offset, int size) throws IOException, InterruptedException {
        ByteBuf chunk = channel.alloc().directBuffer(size, size);
        boolean whole = false;
        try {
            shield();
            try {
                while (chunk.isWritable()) {
                    if (chunk.writeBytes(file, offset + chunk.writerIndex(), chunk.writableBytes()) < 0) {
                        throw new EOFException("the file ends before " + (offset + size));
                    }
                }
            } finally {
                unshield();
            }
            whole = true;
            return chunk;
        } finally {
            if (!whole) {
                chunk.release();
                budget.release(size);
            }
        }
    }

    private boolean skipped(long count) {
        if (!started) {
            throw new IllegalStateException("the answer has not been started");
        }
        return count == 0 || request.method().equals(HttpMethod.HEAD);
    }

    private void admit(long cost, int bytes) throws IOException, InterruptedException {
        if (bytes > remaining && !chunked) {
            throw new IOException("the body is longer than its announced length");
        }
        upload.acquire(bytes);
        budget.acquire(cost);
    }

    private void send(Object message, long cost, int bytes) {
        remaining -= chunked ? 0 : bytes;
        channel.writeAndFlush(message).addListener(written -> {
            budget.release(cost);
            if (!written.isSuccess()) {
                LOG.atDebug().setCause(written.cause()).log("answer broke off");
                channel.close();
            }
        });
    }

    @Override
    public void cut() {
        cut = true;
        channel.close();
    }

    /** Ends the answer after the handler has returned; a part of a body never looks like the whole. */
    void finish() {
        if (cut) {
            return;
        }
        if (!started || (remaining > 0 && !chunked)) {
            channel.close();
            return;
        }
        var last = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        if (request.refusal() != 0) {
            last.addListener(_ -> lingeringClose());
        } else if (!request.keepAlive()) {
            last.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The client may still be sending what was refused; it gets a second to read why. */
    private void lingeringClose() {
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Sends the file's bytes without ever closing the file, which belongs to the store. */
    private static final class BorrowedFileRegion extends DefaultFileRegion {
        BorrowedFileRegion(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        @Override
        protected void deallocate() {
            // The store closes its files.
        }
    }
}
