package io.darter.agent.schedulerlink;

/** What the heartbeat tells: all since the agent's start. */
public record LinkCounters(
        long originBytes,
        long originMetaBytes,
        long originRequests,
        long peerBytes,
        long servedBytes,
        long deliveredBytes,
        long storeBytes) {}
