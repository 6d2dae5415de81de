package io.darter.agent.origin;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;

/** What bytes of origins come over: event loops, the kind of channel that they serve, and where its buffers come from. */
public record OriginNetwork(EventLoopGroup group, Class<? extends Channel> channelType, ByteBufAllocator allocator) {}
