package io.darter.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: collects requests and hands them, one at a time and in order, to virtual threads. All fields
 * belong to the event loop.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final int REQUEST_BODY_BYTES_MAX = 1 << 20;
    private static final int PIPELINED_MAX = 16;

    private final HttpServer server;
    private final OutboundBudget budget;
    private final Deque<ServerRequest> waiting = new ArrayDeque<>();
    private @Nullable HttpRequest head;
    private @Nullable CompositeByteBuf bodySoFar;
    private boolean bodyTooLarge;
    private @Nullable ServerExchange active;
    private boolean reading = true;
    private boolean refused;

    ServerConnection(HttpServer server) {
        this.server = server;
        this.budget = new OutboundBudget(server.settings().writeStall().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (refused) {
                return;
            }
            if (message instanceof HttpRequest request) {
                head = request;
                bodyTooLarge = HttpUtil.getContentLength(request, 0L) > REQUEST_BODY_BYTES_MAX;
                bodySoFar = context.alloc().compositeBuffer(1024);
                if (request.decoderResult().isFailure() && !(message instanceof HttpContent)) {
                    // The decoder sends nothing more of a request whose head it could not read.
                    requestEnded(context.channel(), request, LastHttpContent.EMPTY_LAST_CONTENT);
                }
            }
            if (message instanceof HttpContent content && head != null) {
                append(content.content());
                if (message instanceof LastHttpContent
                        || content.decoderResult().isFailure()) {
                    requestEnded(context.channel(), head, content);
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void append(ByteBuf content) {
        CompositeByteBuf body = bodySoFar;
        if (body == null || bodyTooLarge || !content.isReadable()) {
            return;
        }
        if (body.readableBytes() + content.readableBytes() > REQUEST_BODY_BYTES_MAX) {
            bodyTooLarge = true;
            return;
        }
        body.addComponent(true, content.retain());
    }

    private void requestEnded(Channel channel, HttpRequest request, HttpContent last) {
        byte[] body = bodySoFar == null ? new byte[0] : ByteBufUtil.getBytes(bodySoFar);
        int refusal = refusal(request, last);
        dropRequest();
        boolean keepAlive = refusal == 0 && HttpUtil.isKeepAlive(request);
        waiting.add(new ServerRequest(
                request.method(),
                ServerRequest.originForm(request.uri()),
                request.headers(),
                keepAlive,
                refusal == 0 ? body : new byte[0],
                refusal));
        // What still comes is read and dropped: closing on unread bytes would take the answer with it.
        refused = refusal != 0;
        if (waiting.size() >= PIPELINED_MAX) {
            reading = false;
            channel.config().setAutoRead(false);
        }
        startNext(channel);
    }

    private int refusal(HttpRequest request, HttpContent last) {
        Throwable cause = request.decoderResult().isFailure()
                ? request.decoderResult().cause()
                : last.decoderResult().cause();
        if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException) {
            return 431;
        }
        if (cause != null || !ServerRequest.isReadable(ServerRequest.originForm(request.uri()))) {
            return 400;
        }
        return bodyTooLarge ? 413 : 0;
    }

    private void startNext(Channel channel) {
        ServerRequest next = active == null ? waiting.poll() : null;
        if (next == null) {
            return;
        }
        ServerExchange exchange = new ServerExchange(channel, server.settings(), budget, next);
        active = exchange;
        exchange.runOn(Thread.ofVirtual().name(server.name() + "-request").unstarted(() -> {
            server.run(exchange, next);
            channel.eventLoop().execute(() -> exchangeEnded(channel));
        }));
    }

    private void exchangeEnded(Channel channel) {
        active = null;
        if (!reading && waiting.size() < PIPELINED_MAX / 2 && channel.isActive()) {
            reading = true;
            channel.config().setAutoRead(true);
        }
        startNext(channel);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && isIdle()) {
            context.close();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        budget.close();
        waiting.clear();
        dropRequest();
        if (active != null) {
            active.clientGone();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.atDebug().addKeyValue("server", server.name()).setCause(cause).log("connection broke");
        context.close();
    }

    boolean isIdle() {
        return active == null && waiting.isEmpty();
    }

    private void dropRequest() {
        head = null;
        if (bodySoFar != null) {
            bodySoFar.release();
            bodySoFar = null;
        }
    }
}
