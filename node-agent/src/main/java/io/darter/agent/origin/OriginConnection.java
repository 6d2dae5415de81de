package io.darter.agent.origin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an origin: one request at a time, and back to the pool when its answer is over. Nothing is read from
 * the network that the reader of the answer has no room for. All fields that change are the event loop's.
 */
final class OriginConnection extends ChannelInboundHandlerAdapter {
    /** "Continue", "early hints" and the like before the answer. */
    private static final int INTERIM_MAX = 16;

    private final Channel channel;
    private final OriginPlace place;
    private final OriginPool pool;
    private final OriginDecoder decoder = new OriginDecoder();

    private @Nullable OriginExchange current;
    private @Nullable IOException closedBy;
    private @Nullable ScheduledFuture<?> idleEnd;
    private boolean readPending;
    /** An interim answer's head was the last thing that came. */
    private boolean interim;

    private int interims;
    /** The origin said over TLS that it sends no more. */
    private boolean farewell;

    OriginConnection(Channel channel, OriginPlace place, OriginPool pool) {
        this.channel = channel;
        this.place = place;
        this.pool = pool;
    }

    /** Sends the request and blocks until the head of its answer is here, for {@code stall} at most. */
    OriginResponse ask(OriginRequest request, Duration stall) throws IOException, InterruptedException {
        OriginExchange exchange = new OriginExchange(request, stall, this);
        try {
            channel.eventLoop().execute(() -> begin(exchange));
        } catch (RejectedExecutionException e) {
            throw new ConnectionBrokeException("the agent stops", e);
        }
        return exchange.await(stall);
    }

    OriginPlace place() {
        return place;
    }

    boolean isOpen() {
        return channel.isActive();
    }

    /** The reader has room again. */
    void more(OriginExchange exchange) {
        onLoop(() -> {
            if (current == exchange) {
                readOn();
            }
        });
    }

    /** The reader gave up: there is no other way to stop an answer. */
    void cut(OriginExchange exchange) {
        onLoop(() -> {
            if (current == exchange) {
                close(new ConnectionBrokeException("nobody wanted the rest", null));
            }
        });
    }

    private void onLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            channel.close();
        }
    }

    // ---- event loop ----

    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpRequestEncoder(), decoder, this);
    }

    private void begin(OriginExchange exchange) {
        if (idleEnd != null) {
            idleEnd.cancel(false);
            idleEnd = null;
        }
        if (closedBy != null || !channel.isActive() || current != null) {
            exchange.fail(asIo(closedBy));
            return;
        }
        current = exchange;
        interims = 0;
        decoder.expectHead(exchange.request().isHead());
        channel.writeAndFlush(exchange.request().message()).addListener(sent -> {
            if (!sent.isSuccess()) {
                close(asIo(sent.cause()));
            }
        });
        readOn();
    }

    private void readOn() {
        OriginExchange exchange = current;
        if (readPending || (exchange != null && !exchange.body().wantsMore())) {
            return;
        }
        readPending = true;
        channel.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            OriginExchange exchange = current;
            if (closedBy != null) {
                return; // what the codec still says belongs to nobody
            }
            if (exchange == null || !(message instanceof HttpObject part)) {
                close(new NotHttpException("it said something that was not asked for"));
                return;
            }
            Throwable refused = part.decoderResult().cause();
            if (refused instanceof PrematureChannelClosureException) {
                close(broke(refused));
            } else if (refused != null) {
                close(new NotHttpException(String.valueOf(refused.getMessage()), refused));
            } else {
                take(exchange, part);
            }
        } catch (NotHttpException e) {
            close(e);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void take(OriginExchange exchange, HttpObject part) throws NotHttpException {
        if (part instanceof HttpResponse response) {
            int status = response.status().code();
            interim = status >= 100 && status < 200 && status != 101 && ++interims <= INTERIM_MAX;
            if (!interim) {
                exchange.head(response);
            }
        }
        if (part instanceof LastHttpContent last && !interim) {
            over(exchange, last);
        } else if (part instanceof HttpContent content && !interim) {
            exchange.body().put(content.content().retain());
        }
    }

    private void over(OriginExchange exchange, LastHttpContent last) {
        boolean cut = exchange.endsWithConnection() && place.secure() && !farewell;
        if (!cut) {
            current = null;
        }
        // Before the reader sees the end: its next request may come at once, and is to find this connection.
        boolean kept =
                !cut && exchange.keepsConnection() && keep(exchange.request().kept());
        exchange.body().put(last.content().retain());
        if (cut) {
            close(broke(null)); // anybody on the way can end a TCP connection
            return;
        }
        exchange.end();
        if (!kept) {
            close(new ConnectionBrokeException("its last answer is over", null));
        }
    }

    /** For so long, or until the next request; false if there are enough of them. */
    private boolean keep(Duration time) {
        idleEnd = channel.eventLoop().schedule(this::idleForTooLong, time.toMillis(), TimeUnit.MILLISECONDS);
        return pool.keep(this);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readPending = false;
        OriginExchange exchange = current;
        if (exchange != null) {
            exchange.flush();
        }
        if (closedBy == null) {
            readOn(); // also what nobody waits for: to see when the origin closes the connection
        }
    }

    private void idleForTooLong() {
        close(new ConnectionBrokeException("it was not used for long", null));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            farewell = true;
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close(broke(null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        close(asIo(cause));
    }

    private void close(IOException cause) {
        if (closedBy == null) {
            closedBy = cause;
            if (idleEnd != null) {
                idleEnd.cancel(false);
                idleEnd = null;
            }
            pool.forget(this);
        }
        OriginExchange exchange = current;
        current = null;
        if (exchange != null) {
            exchange.fail(cause);
        }
        channel.close();
    }

    private static IOException asIo(@Nullable Throwable cause) {
        Throwable real = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        return real instanceof SSLException || real instanceof ConnectionBrokeException
                ? (IOException) real
                : broke(real);
    }

    private static ConnectionBrokeException broke(@Nullable Throwable cause) {
        String why = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return new ConnectionBrokeException("the connection broke" + why, cause);
    }
}
