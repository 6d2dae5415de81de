package io.darter.agent.identity;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One request to an appliance, on a connection and a thread of its own that both end with it. It happens once in a node's
 * life and at its renewals; that it goes over what links and peers go over anyway keeps another HTTP client and another TLS
 * out of the memory of every node that has just joined.
 */
final class ApplianceCall {
    private static final int HTTPS_PORT = 443;
    private static final int CONNECT_MILLIS = 5_000;
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    /** @param body as UTF-8 */
    record Answer(int status, String body) {}

    private final URI url;
    private final SslContext tls;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    private ApplianceCall(URI url, SslContext tls) {
        this.url = url;
        this.tls = tls;
    }

    /**
     * Posts JSON and waits for the whole answer, of 1 MiB at most; blocks for 5 s to connect, 5 s for TLS and 30 s altogether.
     *
     * @param url https
     * @throws IOException if there is no answer, or nobody to trust
     */
    static Answer post(URI url, String json, SslContext tls) throws IOException, InterruptedException {
        return new ApplianceCall(url, tls).send(json);
    }

    private Answer send(String json) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(url.getHost()), port());
        boolean epoll = Epoll.isAvailable();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("appliance-call", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        try {
            new Bootstrap()
                    .group(loop)
                    .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            prepare(channel, json);
                        }
                    })
                    .connect(address)
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            answer.completeExceptionally(connected.cause());
                        }
                    });
            return answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            throw new IOException("no answer for " + ANSWER.toSeconds() + " s", e);
        } finally {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private void prepare(Channel channel, String json) {
        SslHandler secure = tls.newHandler(channel.alloc(), url.getHost(), port());
        secure.setHandshakeTimeoutMillis(CONNECT_MILLIS);
        secure.handshakeFuture().addListener(shaken -> {
            if (shaken.isSuccess()) {
                channel.writeAndFlush(request(json));
            } else {
                answer.completeExceptionally(shaken.cause());
            }
        });
        channel.pipeline()
                .addLast(secure)
                .addLast(new HttpClientCodec())
                .addLast(new HttpObjectAggregator(ANSWER_BYTES_MAX))
                .addLast(new SimpleChannelInboundHandler<FullHttpResponse>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
                        answered(response);
                        context.close();
                    }

                    @Override
                    public void channelInactive(ChannelHandlerContext context) {
                        answer.completeExceptionally(new IOException("the connection broke before the answer"));
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                        answer.completeExceptionally(cause);
                        context.close();
                    }
                });
    }

    private void answered(FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            answer.completeExceptionally(new IOException("it answered something that is not HTTP"));
        } else {
            String body = response.content().toString(StandardCharsets.UTF_8);
            answer.complete(new Answer(response.status().code(), body));
        }
    }

    private DefaultFullHttpRequest request(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, url.getRawPath(), Unpooled.wrappedBuffer(body));
        HttpHeaders headers = request.headers();
        headers.set("Host", url.getRawAuthority());
        headers.set("Content-Type", "application/json");
        headers.set("Content-Length", body.length);
        headers.set("Connection", "close");
        return request;
    }

    private int port() {
        return url.getPort() < 0 ? HTTPS_PORT : url.getPort();
    }
}
