package io.darter.agent.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the agent is, as sd_notify does: datagrams to NOTIFY_SOCKET. Java has no datagrams on Unix sockets,
 * Netty's epoll has. Without that socket, or without epoll, nobody is told.
 */
public final class ServiceManager implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ServiceManager.class);
    private static final long SEND_SECONDS = 2;

    private final @Nullable Channel channel;
    private final Optional<Duration> watchdog;

    /** @param environment of the process: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID */
    public ServiceManager(EventLoops loops, Map<String, String> environment) {
        String place = environment.getOrDefault("NOTIFY_SOCKET", "");
        boolean there = !place.isEmpty() && loops.hasEpoll();
        channel = there ? open(loops, place.startsWith("@") ? "\0" + place.substring(1) : place) : null;
        watchdog = channel == null ? Optional.empty() : interval(environment);
    }

    private static @Nullable Channel open(EventLoops loops, String manager) {
        var opened = new Bootstrap()
                .group(loops.group())
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(manager))
                .awaitUninterruptibly();
        if (!opened.isSuccess()) {
            log.atWarn().setCause(opened.cause()).log("systemd cannot be told how the agent is");
            return null;
        }
        return opened.channel();
    }

    private static Optional<Duration> interval(Map<String, String> environment) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        boolean ours = pid.isEmpty()
                || pid.equals(Long.toString(ProcessHandle.current().pid()));
        return ours && micros.matches("\\d{1,15}")
                ? Optional.of(Duration.ofNanos(Long.parseLong(micros) * 1000 / 3))
                : Optional.empty();
    }

    /** How often systemd is to hear that all is well: a third of what it allows; empty if it does not ask for it. */
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    public void reloading() {
        send("STATUS=reading the configuration again");
    }

    public void stopping() {
        send("STOPPING=1");
    }

    public void alive() {
        send("WATCHDOG=1");
    }

    private void send(String state) {
        if (channel != null) {
            var sent = channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8));
            if (!sent.awaitUninterruptibly(SEND_SECONDS, TimeUnit.SECONDS) || !sent.isSuccess()) {
                log.atWarn().setCause(sent.cause()).log("systemd was not told: {}", state);
            }
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.close().awaitUninterruptibly(SEND_SECONDS, TimeUnit.SECONDS);
        }
    }
}
