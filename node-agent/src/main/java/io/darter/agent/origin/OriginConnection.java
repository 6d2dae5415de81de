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
    /** How long the connection may wait now that its last answer is over; null: it cannot be used again, or is used. */
    private @Nullable Duration reusable;
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
        reusable = null;
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
        if (part instanceof HttpContent content && !interim) {
            exchange.body().put(content.content().retain());
            if (part instanceof LastHttpContent) {
                over(exchange);
            }
        }
    }

    private void over(OriginExchange exchange) {
        if (exchange.endsWithConnection() && place.secure() && !farewell) {
            close(broke(null)); // anybody on the way can end a TCP connection
            return;
        }
        current = null;
        exchange.end();
        if (exchange.keepsConnection()) {
            reusable = exchange.request().kept();
        } else {
            close(new ConnectionBrokeException("its last answer is over", null));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readPending = false;
        OriginExchange exchange = current;
        Duration kept = reusable;
        if (exchange != null) {
            exchange.flush();
            readOn();
        } else if (kept != null && closedBy == null) {
            reusable = null;
            readOn(); // to see when the origin closes it
            idleEnd = channel.eventLoop().schedule(this::idleForTooLong, kept.toMillis(), TimeUnit.MILLISECONDS);
            if (!pool.keep(this)) {
                idleForTooLong();
            }
        } else if (closedBy == null) {
            readOn();
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
