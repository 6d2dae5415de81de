package io.darter.agent.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The threads that move bytes for every server and client of the agent: epoll where it is available, else NIO. They
 * start with the first channel and never block. One object for the whole agent.
 */
public final class EventLoops implements AutoCloseable {
    /** An arena takes memory in chunks of 256 KiB, and gives empty ones back. */
    private static final int PAGE_BYTES = 8 << 10;

    private static final int CHUNK_PAGES_LOG2 = 5;

    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group;
    private final PooledByteBufAllocator allocator;

    /** @param threads 1 or 2 will do: everything that waits does so on virtual threads */
    public EventLoops(int threads) {
        IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("net", true), factory);
        // Memory once taken is used again: taking it anew for each read costs a page fault for every 4 KiB of it.
        allocator = new PooledByteBufAllocator(
                true,
                1,
                threads,
                PAGE_BYTES,
                CHUNK_PAGES_LOG2,
                PooledByteBufAllocator.defaultSmallCacheSize(),
                PooledByteBufAllocator.defaultNormalCacheSize(),
                false);
    }

    public EventLoopGroup group() {
        return group;
    }

    /** For all channels of the agent. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** What each thread keeps for its next buffers goes back; it takes anew what it needs. The threads do so when they come to it. */
    public void letGo() {
        group.forEach(loop -> loop.execute(allocator::trimCurrentThreadCache));
    }

    public Class<? extends SocketChannel> socketChannel() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    boolean hasEpoll() {
        return epoll;
    }

    Class<? extends ServerChannel> serverSocketChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends ServerChannel> serverUnixChannel() {
        return epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
    }

    SocketAddress unixAddress(Path path) {
        return epoll ? new DomainSocketAddress(path.toFile()) : UnixDomainSocketAddress.of(path);
    }

    /** Whether every loop does what it is asked, each within that time. */
    public boolean answer(Duration most) {
        List<Future<?>> asked = new ArrayList<>();
        try {
            group.forEach(loop -> asked.add(loop.submit(() -> {})));
        } catch (RejectedExecutionException closed) {
            return false;
        }
        return asked.stream()
                .allMatch(
                        each -> each.awaitUninterruptibly(most.toMillis(), TimeUnit.MILLISECONDS) && each.isSuccess());
    }

    /** Ends all threads; what is still open is closed. Waits 5 s at most. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
